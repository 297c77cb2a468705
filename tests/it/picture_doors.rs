//! Pictures by the API, and in mails.

use image::ImageFormat;
use reqwest::Method;
use serde_json::json;

use crate::pictures::{drawing, illustrate, images, photograph, url};
use crate::support::Office;
use crate::support::program::Program;

#[tokio::test(flavor = "multi_thread")]
async fn a_program_adds_a_picture_shows_it_and_takes_it_back() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["articles:write"]);
    assert_eq!(robot.json(Method::POST, "/articles", Some(json!({"title": "A", "body": "Text."}))).await.0, 201);
    let path = "/articles/1/images?alt=A%20seal";
    let (status, tried) = robot.send(&format!("{path}&dry_run=true"), "image/png", drawing()).await;
    assert_eq!((status, office.ask("SELECT count(*) FROM picture").as_str()), (200, "0"), "{tried}");
    let (status, image) = robot.send(path, "image/png", drawing()).await;
    assert_eq!(
        (status, &image["type"], &image["alt"], &image["shown"]),
        (201, &json!("image/png"), &json!("A seal"), &json!(false))
    );
    assert_eq!(robot.send(path, "image/png", drawing()).await.0, 200);
    let address = url(&image);
    assert_eq!((images(&office, "1"), daemon.get(&address).await.status().as_u16()), (vec![image.clone()], 404));

    // Another change of the article leaves what waits to be shown.
    let (_, article) = robot.json(Method::PATCH, "/articles/1", Some(json!({"body": "More."}))).await;
    assert_eq!(article["images"].as_array().unwrap().len(), 1);
    let body = json!({"body": format!("Text.\n\n![]({address})")});
    let (status, article) = robot.json(Method::PATCH, "/articles/1", Some(body.clone())).await;
    assert_eq!(
        (status, &article["images"][0]["shown"], &article["images"][0]["alt"]),
        (200, &json!(true), &json!("A seal"))
    );
    assert_eq!(daemon.get(&address).await.status(), 200);
    let page = daemon.text("/articles/1").await;
    assert!(page.contains(&format!("<img src=\"{address}\" alt=\"A seal\" width=\"40\" height=\"30\"")), "{page}");

    let hash = image["hash"].as_str().unwrap();
    let (status, said) = robot.json(Method::DELETE, &format!("/articles/1/images/{hash}"), None).await;
    assert_eq!((status, &said["gone"], daemon.get(&address).await.status().as_u16()), (200, &json!(true), 410));
    assert_eq!(robot.json(Method::DELETE, &format!("/articles/1/images/{hash}"), None).await.0, 404);
    // What else is changed needs it no more, but it is not shown anew.
    assert_eq!(robot.json(Method::PATCH, "/articles/1", Some(json!({"title": "B"}))).await.0, 200);
    assert_eq!(robot.json(Method::PATCH, "/articles/1", Some(body.clone())).await.0, 200);
    assert_eq!(robot.json(Method::PATCH, "/articles/1", Some(json!({"body": "Text."}))).await.0, 200);
    let (status, problem) = robot.json(Method::PATCH, "/articles/1", Some(body)).await;
    assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some("images")), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_for_us_is_refused_by_the_api() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["articles:write"]);
    assert_eq!(robot.json(Method::POST, "/articles", Some(json!({"title": "A", "body": "Text."}))).await.0, 201);
    let half = photograph(300, 200, ImageFormat::Png);
    let half = half[..half.len() / 2].to_vec();
    let path = "/articles/1/images?alt=A";
    for (path, kind, octets, status, part) in [
        (path, "image/jpeg", drawing(), 422, "is said to be JPEG and is PNG"),
        (path, "image/svg+xml", b"<svg/>".to_vec(), 422, "is an SVG"),
        (path, "image/png", b"<svg/>".to_vec(), 422, "is an SVG"),
        (path, "image/avif", drawing(), 422, "is said to be image/avif"),
        (path, "image/png", half, 422, "is a broken PNG, or cut off"),
        (path, "image/png", Vec::new(), 422, "is empty"),
        (path, "text/plain", drawing(), 415, "image/webp"),
        (path, "image/png", vec![0; 21_000_000], 413, "20 MB"),
        ("/articles/1/images", "image/png", drawing(), 422, "alternative text"),
        ("/articles/1/images?alt=%20", "image/png", drawing(), 422, "alternative text"),
        ("/articles/1/images?alt=A&colour=red", "image/png", drawing(), 422, "colour"),
        ("/articles/9/images?alt=A", "image/png", drawing(), 404, "no article 9"),
        ("/articles/x/images?alt=A", "image/png", drawing(), 404, ""),
    ] {
        let (found, problem) = robot.send(path, kind, octets).await;
        assert_eq!(found, status, "{path} {kind}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(part), "{problem} lacks {part}");
    }
    for (body, part) in [
        ("![a](a.png)", "line 1: the picture a.png does not come with the text"),
        ("Text.\n\n![a](../a.png)", "line 3: the picture ../a.png"),
    ] {
        let (status, problem) = robot.json(Method::PATCH, "/articles/1", Some(json!({"body": body}))).await;
        assert!(status == 422 && problem["detail"].as_str().unwrap().contains(part), "{problem} lacks {part}");
    }
    assert_eq!(office.ask("SELECT count(*) FROM picture"), "0");
    let reader = Program::new(&office, &daemon, "reader", &["articles:read"]);
    assert_eq!(reader.send("/articles/9/images?alt=A", "image/png", drawing()).await.0, 403);
    assert_eq!(reader.json(Method::DELETE, "/articles/9/images/a", None).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_shows_the_first_picture_of_an_article_where_it_is_to() {
    let weekly =
        "[site]\nbase_url = \"https://example.org\"\n[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n";
    let office = Office::with_config(&format!("{weekly}images = true\n"));
    office.set_clock("2020-09-28T06:30:00Z");
    illustrate(&office);
    let text = "---\ntitle: A seal\ndate: 2020-09-27\n---\n![Elsewhere](https://example.org/o.png)\n\n![Ann & Bob](photo.webp)\n\n\
                The words of it.\n\n![The seal](seal.png)\n";
    office.ok(&["article", "add", &office.write("a.md", text)]);
    let image = images(&office, "1").into_iter().find(|image| image["name"] == "photo.webp").unwrap();
    let preview = |format: &str| office.ok(&["digest", "preview", "weekly", "--format", format]);
    let html = preview("html");
    let tag = html.split("<img").nth(1).unwrap_or_else(|| panic!("no picture in {html}")).split('>').next().unwrap();
    for part in [
        format!("src=\"https://example.org{}\"", url(&image)).as_str(),
        "width=\"584\"",
        "height=\"30\"",
        "max-width: 100%",
        "font-style: italic",
    ] {
        assert!(tag.contains(part), "no {part} in {tag}");
    }
    assert!(tag.contains("alt=\"Ann &amp; Bob\"") && html.matches("<img").count() == 1, "{tag}");
    let text = preview("text");
    assert!(text.contains("  [Picture: Ann & Bob]\n  The words of it.\n"), "{text}");
    assert!(!text.contains("/media/"), "{text}");

    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    assert!(daemon.text("/archive/weekly/1").await.contains(&format!("https://example.org{}", url(&image))));
    assert!(office.wait_for_mails(1)[0].html().contains(&url(&image)));
    drop(daemon);
    for without in [weekly.to_owned(), format!("{weekly}images = true\ntemplate = \"brief\"\n")] {
        office.configure(&without);
        let shown = office.ok(&["digest", "preview", "weekly", "--format", "html", "--at", "2020-09-28 06:00"]);
        assert!(!shown.contains("<img"), "{shown}");
    }
}

//! Pictures beside an article's file: on their way in, to readers, and out again.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use serde_json::{Value, json};

use crate::support::Office;

/// A photograph, as a camera would make it.
pub fn photograph(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let noise = |x: u32, y: u32| {
        (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).wrapping_mul(3_266_489_917) >> 27
    };
    let light = |x, y| Rgb([x * 220 / width, y * 220 / height, 100].map(|light| (light + noise(x, y)) as u8));
    packed(RgbImage::from_fn(width, height, light).into(), format)
}

/// A drawing that lets through what lies behind it.
pub fn drawing() -> Vec<u8> {
    let pixels = RgbaImage::from_fn(40, 30, |x, _| if x < 20 { Rgba([200, 0, 0, 255]) } else { Rgba([0; 4]) });
    packed(pixels.into(), ImageFormat::Png)
}

fn packed(pixels: DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut octets = Cursor::new(Vec::new());
    pixels.write_to(&mut octets, format).unwrap();
    octets.into_inner()
}

/// A JPEG with EXIF that says that the camera was turned, and where it was.
fn turned(jpeg: &[u8]) -> Vec<u8> {
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0GPS 51.5 N";
    [&jpeg[..2], &[0xff, 0xe1], &(exif.len() as u16 + 2).to_be_bytes(), exif, &jpeg[2..]].concat()
}

const FILE: &str = "---\ntitle: A seal\ndate: 2020-09-21\n---\n# A seal\n\n![The seal of the office](seal.png)\n\nText ![A hall](<pictures/the hall.jpg>) \
                    of it.\n\n<img src=\"photo.webp\" alt=\"Ann speaks\">\n";

/// An office with an article that shows three pictures.
pub fn office(file: &str) -> Office {
    let office = Office::new();
    office.set_clock("2020-09-28T06:30:00Z");
    illustrate(&office);
    office.ok(&["article", "add", &office.write("seal.md", file)]);
    office
}

pub fn illustrate(office: &Office) {
    std::fs::create_dir(office.path("pictures")).unwrap();
    office.write("seal.png", drawing());
    office.write("pictures/the hall.jpg", turned(&photograph(60, 40, ImageFormat::Jpeg)));
    office.write("photo.webp", photograph(2000, 100, ImageFormat::WebP));
}

pub fn images(office: &Office, id: &str) -> Vec<Value> {
    office.json(&["article", "show", id])["images"].as_array().unwrap().clone()
}

pub fn url(image: &Value) -> String {
    image["url"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_of_an_article_are_read_from_beside_it_and_shown_on_its_page() {
    let office = office(FILE);
    let images = images(&office, "1");
    let told = |image: &Value| {
        json!([image["name"], image["alt"], image["type"], image["width"], image["height"], image["shown"]])
    };
    assert_eq!(
        images.iter().map(told).collect::<Vec<_>>(),
        [
            json!(["seal.png", "The seal of the office", "image/png", 40, 30, true]),
            json!(["pictures/the hall.jpg", "A hall", "image/jpeg", 40, 60, true]),
            json!(["photo.webp", "Ann speaks", "image/jpeg", 1600, 80, true]),
        ]
    );
    let shown = office.ok(&["article", "show", "1"]);
    assert!(shown.contains(&format!("Picture       seal.png, 40 × 30, 0 kB, {}\n", url(&images[0]))), "{shown}");
    assert!(shown.contains("![The seal of the office](seal.png)"), "{shown}");
    // The same file again is no change.
    assert!(office.run(&["article", "edit", "1", "seal.md"]).stderr.contains("nothing was changed"));

    let daemon = office.serve();
    let page = daemon.text("/articles/1").await;
    for (image, size) in
        images.iter().zip(["width=\"40\" height=\"30\"", "width=\"40\" height=\"60\"", "width=\"1600\" height=\"80\""])
    {
        let tag =
            format!("<img src=\"{}\" alt=\"{}\" {size} loading=\"lazy\"", url(image), image["alt"].as_str().unwrap());
        assert!(page.contains(&tag), "no {tag} in {page}");
    }
    let base = "http://127.0.0.1:8080";
    let feed = daemon.text("/articles.atom").await;
    assert!(
        feed.contains(&format!("img src=&quot;{base}{}", url(&images[0])))
            || feed.contains(&format!("img src=\"{base}{}", url(&images[0]))),
        "{feed}"
    );
    assert!(page.contains(&format!("\"image\":[\"{base}{}\"", url(&images[0]))), "{page}");
    assert!(daemon.text("/articles").await.contains("Text of it."));

    let answer = daemon.get(&url(&images[1])).await;
    let field = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((field("content-type").as_str(), field("x-content-type-options").as_str()), ("image/jpeg", "nosniff"));
    assert!(field("content-security-policy").starts_with("default-src 'none'"));
    assert!(field("cache-control").contains("immutable") && field("cache-control").contains("s-maxage=300"));
    let tag = field("etag");
    let octets = answer.bytes().await.unwrap();
    assert!(!octets.windows(3).any(|three| three == b"GPS") && octets.starts_with(b"\xff\xd8\xff"));
    assert_eq!(images[1]["octets"], json!(octets.len()));
    let again = daemon.get_with(&url(&images[1]), &[("If-None-Match", &tag)]).await;
    assert_eq!((again.status().as_u16(), again.bytes().await.unwrap().len()), (304, 0));
    let head = reqwest::Client::new().head(daemon.url(&url(&images[1]))).send().await.unwrap();
    assert_eq!(
        (head.status().as_u16(), head.headers()["content-length"].to_str().unwrap()),
        (200, octets.len().to_string().as_str())
    );
    let wrong = url(&images[1]).replace(".jpg", ".png");
    for nothing in [wrong.as_str(), "/media/a.jpg", "/media/", &format!("/media/{}.jpg", "0".repeat(64))] {
        assert_eq!(daemon.get(nothing).await.status(), 404, "{nothing}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_served_from_when_its_article_is_public_until_it_is_taken_back() {
    let office = office(&FILE.replace("date:", "draft: true\ndate:"));
    let images = images(&office, "1");
    let (seal, hash) = (url(&images[0]), images[0]["hash"].as_str().unwrap().to_owned());
    let daemon = office.serve();
    let status = async |path: &str| daemon.get(path).await.status().as_u16();
    assert_eq!(status(&seal).await, 404);
    office.ok(&["article", "publish", "1"]);
    assert_eq!(status(&seal).await, 200);

    assert!(office.fails(&["article", "image", "remove", "1", &hash], 2).contains("--yes"));
    let said = office.ok(&["article", "image", "remove", "1", &hash[..8], "--yes"]);
    assert_eq!(said, format!("seal.png was taken out of article 1: {seal} answers 410 from now on.\n"));
    let gone = daemon.get(&seal).await;
    assert_eq!((gone.status().as_u16(), gone.headers()["cache-control"].to_str().unwrap()), (410, "no-store"));
    assert!(gone.text().await.unwrap().contains("This picture was taken back."));
    let page = daemon.text("/articles/1").await;
    assert!(!page.contains("seal.png") && !page.contains(&seal) && page.contains("alt=\"A hall\""), "{page}");
    let history = office.json(&["article", "history", "1"]);
    let line = history.as_array().unwrap().last().unwrap().clone();
    assert_eq!((&line["field"], line["from"].as_str().unwrap().contains("seal.png")), (&json!("images"), true));
    let error = office.fails(&["article", "image", "remove", "1", &hash, "--yes"], 1);
    assert!(error.contains("there is no picture") && error.contains("article show"), "{error}");
    // What is changed else needs no picture that is gone; its file brings it back.
    office.ok(&["article", "edit", "1", &office.write("seal.md", FILE)]);
    assert_eq!(status(&seal).await, 200);
    office.ok(&["article", "remove", "1", "--yes"]);
    assert_eq!(status(&seal).await, 410);
    assert_eq!(office.ask("SELECT count(*) FROM picture"), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_article_shows_any_more_is_dropped_and_what_one_shows_stays() {
    let office = office(FILE);
    office.ok(&["article", "add", &office.write("b.md", "# B\n\n![Again](./seal.png)")]);
    let images = images(&office, "1");
    assert_eq!(office.ask("SELECT count(*) FROM picture"), "3");
    let said = office.json(&["article", "image", "remove", "1", "seal.png", "--yes"]);
    assert_eq!((&said["gone"], &said["articles"]), (&json!(false), &json!([2])));
    office.ok(&["article", "edit", "1", &office.write("seal.md", "# A seal\n\n![A hall](<pictures/the hall.jpg>)")]);
    assert_eq!(
        office.rows("SELECT name FROM article_picture ORDER BY article_id"),
        ["pictures/the hall.jpg", "seal.png"]
    );
    let daemon = office.serve();
    for (image, status) in images.iter().zip([200, 200, 410]) {
        assert_eq!(daemon.get(&url(image)).await.status(), status, "{image}");
    }
    // By its address, another article shows it, too.
    let text = format!("# C\n\n![A hall]({})", url(&images[1]));
    office.ok(&["article", "add", &office.write("c.md", &text)]);
    office.ok(&["article", "remove", "1", "--yes"]);
    assert_eq!(daemon.get(&url(&images[1])).await.status(), 200);
    let error = office
        .fails(&["article", "add", &office.write("d.md", format!("# D\n\nText.\n\n![x]({})", url(&images[2])))], 1);
    assert!(error.contains("d.md, line 5: there is no picture /media/") && error.contains("taken back"), "{error}");
}

#[test]
fn a_picture_that_can_not_be_is_refused_with_its_line_and_nothing_is_kept() {
    let office = Office::new();
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.png"), drawing()).unwrap();
    std::os::unix::fs::symlink(outside.path(), office.path("link")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.png"), office.path("link.png")).unwrap();
    let absolute = outside.path().join("secret.png").to_string_lossy().into_owned();
    office.write("seal.png", drawing());
    office.write("seal.jpg", drawing());
    office.write("seal.dat", drawing());
    office.write("half.jpg", &photograph(600, 400, ImageFormat::Jpeg)[..9000]);
    office.write("drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    office.write("words.png", "just words");
    office.write("empty.png", "");
    office.write("large.png", vec![0; 20_000_001]);
    let mut bomb = drawing();
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let sum = {
        let mut crc = flate2::Crc::new();
        crc.update(&bomb[12..29]);
        crc.sum()
    };
    bomb[29..33].copy_from_slice(&sum.to_be_bytes());
    office.write("bomb.png", bomb);
    std::fs::create_dir(office.path("folder.png")).unwrap();
    for (markdown, reason) in [
        (
            "![](seal.png)",
            "the picture seal.png has no alternative text, which says in words what it shows: say it as in `![A seal](seal.png)`",
        ),
        ("<img src=seal.png>", "the picture seal.png has no alternative text"),
        ("![a](gone.png)", "the picture gone.png can't be read: No such file"),
        ("![a](../a/seal.png)", "the picture ../a/seal.png is not read"),
        ("![a](%2e%2e/seal.png)", "the picture ../seal.png is not read"),
        ("![a](link/secret.png)", "the picture link/secret.png leads out of the folder"),
        ("![a](link.png)", "the picture link.png leads out of the folder"),
        (&format!("![a]({absolute})"), "is named by a path from the root"),
        ("![a](file:///etc/passwd)", "is not read"),
        ("![a](folder.png)", "the picture folder.png is no file"),
        ("![a](seal.jpg)", "the picture seal.jpg is said to be JPEG and is PNG by its octets"),
        ("![a](seal.dat)", "the picture seal.dat is a picture by its octets and none by its name"),
        ("![a](half.jpg)", "the picture half.jpg is a broken JPEG, or cut off"),
        ("![a](drawing.svg)", "the picture drawing.svg is an SVG"),
        ("![a](words.png)", "the picture words.png is no picture"),
        ("![a](empty.png)", "the picture empty.png is empty"),
        ("![a](large.png)", "the picture large.png has more than 20 MB"),
        ("![a](bomb.png)", "the picture bomb.png has 60000 × 60000 pixels"),
    ] {
        let file = office.write("a.md", format!("---\ntitle: A\n---\n\nText.\n\n{markdown}\n"));
        let error = office.fails(&["article", "add", &file], 1);
        assert!(error.starts_with("error: a.md, line 7: ") && error.contains(reason), "{error} lacks {reason}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    let ran = office.run_with_input(&["article", "add", "-"], b"# A\n\n![a](seal.png)");
    assert!(
        ran.code == 1 && ran.stderr.contains("standard input, line 3") && ran.stderr.contains("name the file"),
        "{}",
        ran.stderr
    );
    let many: String = (0..51).map(|number| format!("![a](a{number}.png)\n")).collect();
    (0..51).for_each(|number| drop(office.write(&format!("a{number}.png"), drawing())));
    let error = office.fails(&["article", "add", &office.write("a.md", format!("# A\n\n{many}"))], 1);
    assert!(error.contains("line 53") && error.contains("50 at most"), "{error}");
    assert_eq!(office.json(&["article", "list"]), json!([]));
    assert_eq!(office.ask("SELECT count(*) FROM picture"), "0");
    // What lies on the site or on others is theirs.
    office.ok(&[
        "article",
        "add",
        &office.write("a.md", "# A\n\n![a](/press/a.png) ![b](https://example.org/b.png) ![](//example.org/c.png)"),
    ]);
}

#[test]
fn pictures_go_with_an_export_a_backup_and_a_restore() {
    let office = office(FILE);
    let exported = office.ok(&["export", "--format", "json"]);
    let first = |list: &str| serde_json::from_str::<Value>(list).unwrap()[0].clone();
    assert_eq!(first(&exported)["images"].as_array().unwrap().len(), 3);
    let other = Office::new();
    let file = other.write("all.json", &exported);
    other.json(&["import", &file, "--dry-run"]);
    assert_eq!(other.ask("SELECT count(*) FROM picture"), "0");
    assert_eq!(other.json(&["import", &file])["articles"]["added"], 1);
    assert_eq!(other.json(&["import", &file])["articles"]["unchanged"], 1);
    assert_eq!(images(&other, "1"), images(&office, "1"));
    assert_eq!(other.ok(&["export", "--format", "json"]), exported);

    let broken = |change: fn(&mut Value)| {
        let mut article = first(&exported);
        article["uid"] = json!("another");
        article["title"] = json!("Another");
        change(&mut article["images"]);
        json!([article]).to_string()
    };
    for (list, reason) in [
        (broken(|images| images[1]["data"] = json!("no base64")), "image 2: its data is not whole"),
        (broken(|images| images[1]["data"] = json!("AAAA")), "the picture pictures/the hall.jpg is no picture"),
        (broken(|images| images[0]["type"] = json!("image/jpeg")), "is said to be JPEG and is PNG"),
        (broken(|images| images[0]["type"] = json!("image/svg+xml")), "is no type of a picture"),
        (broken(|images| images[0]["alt"] = json!(" ")), "image 1: it has no alternative text"),
        (broken(|images| images[0]["name"] = json!("../a.png")), "image 1: its name is no path"),
        (broken(|images| images[0] = json!(7)), "image 1 is no object"),
        (broken(|images| *images = json!("a.png")), "the images are no list"),
        (broken(|images| *images = json!(vec![json!({}); 51])), "50 pictures at most"),
    ] {
        let ran = other.run(&["--json", "import", &other.write("broken.json", list)]);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!((ran.code, &report["rejected"][0]["line"]), (1, &json!(1)));
        assert!(report["rejected"][0]["reason"].as_str().unwrap().contains(reason), "{report} lacks {reason}");
    }
    assert_eq!(other.json(&["article", "list"]).as_array().unwrap().len(), 1);

    let backup = office.path("backup.db").to_string_lossy().into_owned();
    office.ok(&["backup", &backup]);
    let before = images(&office, "1");
    office.ok(&["article", "image", "remove", "1", "photo.webp", "--yes"]);
    office.ok(&["article", "edit", "1", &office.write("seal.md", "# A seal\n\nText.")]);
    assert!(images(&office, "1").is_empty());
    office.ok(&["restore", &backup]);
    // What was taken back stays so.
    assert_eq!(images(&office, "1"), before[..2]);
    assert_eq!(office.ask("SELECT count(*) FROM gone_picture"), "1");
}

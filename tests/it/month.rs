//! A month at a glance.

use crate::support::Office;

/// What stands in the table on a day, the marks taken out.
fn day(page: &str, date: &str) -> String {
    let cell = page.split("<td ").find(|cell| cell.contains(&format!("datetime=\"{date}\"")));
    let cell = cell.unwrap_or_else(|| panic!("no {date} in {page}"));
    let cell = cell.split_once("</time>").unwrap().1.split("</td>").next().unwrap();
    let texts = cell.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_has_each_event_on_each_of_its_days() {
    let office = Office::new();
    office.set_clock("2020-10-14T12:00:00Z");
    office.add(&["forum", "Cyber <week>", "--from", "2020-09-28", "--to", "2020-10-02", "--topic", "smart city"]);
    office.add(&["effective-date", "GB/T 35273-2020", "--on", "2020-10-01"]);
    office.add(&["meeting", "Call", "--from", "2020-10-06 09:30", "--repeat", "FREQ=WEEKLY", "--tz", "Asia/Shanghai"]);
    office.add(&["release", "Framework", "--on", "2020-10"]);
    office.add(&["release", "Roadmap", "--on", "2020"]);
    office.add(&["release", "Other", "--on", "2021"]);
    office.add(&["meeting", "Hidden", "--on", "2020-10-01", "--status", "draft"]);
    office.ok(&["event", "cancel", "3", "--occurrence", "2020-10-13"]);
    let daemon = office.serve();
    let page = daemon.text("/2020/10").await;
    assert!(page.contains("<caption class=\"visually-hidden\">October 2020</caption>"), "{page}");
    let weekdays: Vec<_> =
        page.split("<th scope=\"col\">").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    assert_eq!(weekdays[0], "Monday");
    assert_eq!((weekdays.len(), weekdays[6]), (7, "Sunday"));
    assert_eq!(day(&page, "2020-10-01"), "Forum Cyber &#60;week&#62; Takes effect GB/T 35273-2020");
    assert_eq!(day(&page, "2020-10-02"), "Forum Cyber &#60;week&#62;");
    assert_eq!(day(&page, "2020-10-03"), "");
    // One bar over its days of this month, named on the first of each week, and said on all.
    assert!(page.contains("<li class=\"forum bar span-2\">"), "{page}");
    assert!(page.contains("<li class=\"forum bar ends goes-on\">"), "{page}");
    assert!(page.contains("<th scope=\"row\" class=\"week\"><span aria-hidden=\"true\">40</span>"), "{page}");
    // By the site's clock.
    assert_eq!(day(&page, "2020-10-06"), "Meeting 01:30 Call");
    assert_eq!(day(&page, "2020-10-13"), "Meeting · cancelled 01:30 Call");
    assert_eq!(day(&page, "2020-10-27"), "Meeting 01:30 Call");
    assert!(page.contains("Times are those of UTC."));
    let today = page.split("<td ").find(|cell| cell.contains("aria-current=\"date\"")).unwrap();
    assert!(today.contains("datetime=\"2020-10-14\""), "{today}");
    let (_, beside) = page.split_once("the day is not known yet").unwrap();
    assert!(beside.contains("Framework") && beside.contains("Roadmap") && !beside.contains("Other"), "{beside}");
    assert!(!page.contains("Hidden"));
    for link in ["rel=\"prev\" href=\"/2020/09\"", "rel=\"next\" href=\"/2020/11\""] {
        assert_eq!(page.matches(link).count(), 2, "{link}");
    }

    let narrowed = daemon.text("/2020/10?topic=smart+city&page=3").await;
    assert!(narrowed.contains("Cyber") && !narrowed.contains("GB/T 35273-2020<") && !narrowed.contains("Framework"));
    assert!(narrowed.contains("href=\"/2020/11?topic=smart+city\""), "{narrowed}");
    assert!(daemon.text("/").await.contains("href=\"/2020/10\""));
    let chinese = daemon.text("/2020/10?lang=zh").await;
    assert!(chinese.contains("2020年10月</h1>") && chinese.contains("<th scope=\"col\">星期一</th>"), "{chinese}");
    assert!(!chinese.contains("class=\"week\""), "{chinese}");
}

#[tokio::test(flavor = "multi_thread")]
async fn months_end_where_the_years_of_events_do() {
    let office = Office::new();
    let daemon = office.serve();
    for path in ["/1000/01", "/2999/12", "/2020/02"] {
        let page = daemon.get(path).await;
        assert_eq!(page.status(), 200, "{path}");
        assert!(page.text().await.unwrap().contains("noindex"), "nothing is in it");
    }
    assert!(!daemon.text("/1000/01").await.contains("rel=\"prev\""));
    assert!(!daemon.text("/2999/12").await.contains("rel=\"next\""));
    for path in ["/0999/12", "/3000/01", "/2020/13", "/2020/00", "/2020/1", "/20/10", "/2020/Q1", "/2020/10/01", "/a/b"]
    {
        assert_eq!(daemon.get(path).await.status(), 404, "{path}");
    }
    assert_eq!(daemon.get("/2020/10?kind=party").await.status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowded_day_leads_to_its_list() {
    let office = Office::new();
    let mut table = "kind,title,start\n".to_owned();
    for n in 0..30 {
        table.push_str(&format!("meeting,Meeting {n},2020-10-05\n"));
    }
    let file = office.write("events.csv", &table);
    office.ok(&["import", &file]);
    let daemon = office.serve();
    let page = daemon.text("/2020/10?kind=meeting").await;
    assert!(page.contains("<a href=\"/?kind=meeting&#38;from=2020-10-05&#38;to=2020-10-05\">+24 more</a>"), "{page}");
    assert_eq!(day(&page, "2020-10-05").matches("Meeting Meeting").count(), 6);
}

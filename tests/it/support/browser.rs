//! A browser as far as a desk needs one: it keeps cookies, follows nothing by itself, and sends forms as they stand on a page.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};

use super::{Daemon, Office};

pub struct Browser {
    client: reqwest::Client,
    base: String,
    pub cookies: BTreeMap<String, String>,
    /// Of the forms on the last page.
    pub token: String,
}

/// What it got.
pub struct Page {
    pub status: u16,
    pub text: String,
    /// Where it was sent on to; empty if it was not.
    pub location: String,
    pub headers: HeaderMap,
}

impl Page {
    pub fn has(&self, part: &str) -> bool {
        self.text.contains(part)
    }

    /// The value of the first input of this name.
    pub fn value(&self, name: &str) -> String {
        let after = self.text.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_default();
        after.split('"').next().unwrap_or_default().to_owned()
    }
}

impl Browser {
    pub fn new(daemon: &Daemon) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { client, base: daemon.url(""), cookies: BTreeMap::new(), token: String::new() }
    }

    /// One in which an editor is signed in, who is made if they are not there.
    pub async fn signed_in(daemon: &Daemon, office: &Office, email: &str, role: &str) -> Self {
        office.ok(&["editor", "add", email, "--role", role]);
        let link = office.ok(&["editor", "link", email]);
        let mut browser = Self::new(daemon);
        let entered = browser.post(&path_of(&link), &[]).await;
        assert_eq!((entered.status, entered.location.as_str()), (303, "/admin"), "{}", entered.text);
        browser.get("/admin").await;
        browser
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.base));
        self.send(request).await
    }

    /// A form as it stands on the last page, with these fields.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let origin = self.base.clone();
        self.post_from(&origin, path, fields).await
    }

    /// The same, sent by a page from elsewhere.
    pub async fn post_from(&mut self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token.clone();
        let with_token = [("token", token.as_str())];
        let fields: Vec<_> = with_token.iter().chain(fields).collect();
        let request = self.client.post(format!("{}{path}", self.base)).header("Origin", origin).form(&fields);
        self.send(request).await
    }

    /// Octets as they are, in a form that is said to be one.
    pub async fn post_octets(&mut self, path: &str, octets: Vec<u8>) -> Page {
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(octets);
        self.send(request).await
    }

    /// A form with a file in one of its fields: the field, the file's name, its octets.
    pub async fn post_file(&mut self, path: &str, fields: &[(&str, &str)], file: (&str, &str, &[u8])) -> Page {
        let token = self.token.clone();
        let mut body = Vec::new();
        for (name, value) in [("token", token.as_str())].iter().chain(fields) {
            let part = format!("--parts\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let (field, name, octets) = file;
        let head = format!("--parts\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), octets, b"\r\n--parts--\r\n"].concat());
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .header("Origin", self.base.clone())
            .header("Content-Type", "multipart/form-data; boundary=parts")
            .body(body);
        self.send(request).await
    }

    /// What goes on being told at an address; nothing of it is read yet.
    pub async fn watch(&self, path: &str) -> reqwest::Response {
        let request = self.client.get(format!("{}{path}", self.base));
        request.header(COOKIE, self.cookie_line()).send().await.unwrap()
    }

    fn cookie_line(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let response = request.header(COOKIE, self.cookie_line()).send().await.unwrap();
        for line in response.headers().get_all(SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            match value.is_empty() || line.contains("Max-Age=0;") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let headers = response.headers().clone();
        let location = headers.get(LOCATION).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = response.status().as_u16();
        let page = Page { status, text: response.text().await.unwrap(), location, headers };
        if page.has("name=\"token\"") {
            self.token = page.value("token");
        }
        page
    }
}

/// The path of a link in a mail, or as it was printed.
pub fn path_of(link: &str) -> String {
    let at = link.find("/admin").unwrap_or_else(|| panic!("no link to the desk: {link}"));
    link[at..].split_whitespace().next().unwrap().to_owned()
}

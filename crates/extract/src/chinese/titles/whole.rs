//! Titles that say only what happens: what it happens to, the text around tells.

use super::{fit, is_of_dates};
use crate::chinese::around::Around;
use crate::chinese::naming::{LONGEST, width};
use crate::chinese::script::Text;

words! {
    /// Of which a title that names nothing is made.
    GENERIC =
        "发布 公布 颁布 印发 公告 实施 施行 执行 生效 启用 停用 废止 截止 截稿 召开 举行 举办 开会 会议 活动 公开 网络 网上 司法 拍卖 竞价 \
        开标 开庭 审理 宣判 正式 统一 全面 开始 结束 开启 启动 停止 日 成文 发文 报名 报到 申报 投稿 征集 公示 考试 评审 审核 缴费 注册 \
        上线 发行 出版 适用 停业 停机 恢复 试行 即日 起 止 期 于 的"
}

/// Whether a title names nothing.
pub fn is_generic(title: &str) -> bool {
    let text = Text::new(title);
    let mut at = 0;
    while at < text.len() {
        match text.one_of(at, &GENERIC) {
            Some(end) => at = end,
            None => return false,
        }
    }
    true
}

/// With the name of what it is about, where it has none.
pub fn whole(title: String, around: &Around) -> String {
    if width(&title) > 12 || !is_generic(&title) {
        return title;
    }
    let names = [&around.subject, &around.document, &around.told, &around.event, &around.topic];
    let name = names.into_iter().find(|name| {
        let is_told = name.is_empty() || title.contains(name.as_str()) || is_generic(name) || is_of_dates(name);
        !is_told && width(name) >= 3 && width(name) + width(&title) <= LONGEST
    });
    match name {
        Some(name) if name.ends_with(title.as_str()) => name.clone(),
        Some(name) => fit(&format!("{name}{title}")),
        None => title,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_is_told_of_what() {
        let around = Around { topic: "“远航7”轮（第二次拍卖）".to_owned(), ..Around::default() };
        for (title, expected) in [
            ("公开拍卖活动", "“远航7”轮（第二次拍卖）公开拍卖活动"),
            ("施行", "“远航7”轮（第二次拍卖）施行"),
            ("看样", "看样"),
            ("《条例》施行", "《条例》施行"),
        ] {
            assert_eq!(whole(title.to_owned(), &around), expected);
        }
        assert_eq!(whole("发布".to_owned(), &Around::default()), "发布");
    }
}

//! What the heads of columns ask for.

use crate::chinese::fields::{Field, field};
use crate::chinese::kind::{is_plain_time, label_kind};
use crate::chinese::naming::width;
use crate::chinese::script::Text;
use crate::event::Kind;

words! {
    /// Heads that tell nothing of an event.
    HEADS =
        "序号 备注 单位 归口 负责人 主持人 报告人 讲师 人数 费用 对象 联系人 电话 日程 星期 场次 起草单位 状态 \
        类别 性质 级别 嘉宾 演讲人 主讲人 版本 阶段 编号 部门 领域 数量 组别"
}

pub const HEADS_IN_ENGLISH: &[&str] = &[
    "Time",
    "Date",
    "Name",
    "Event",
    "Stage",
    "Begin",
    "Start",
    "End",
    "Days",
    "Place",
    "Venue",
    "Topic",
    "Phase",
    "Note",
    "Notes",
    "Milestone",
    "Remark",
    "Remarks",
    "Version",
    "Release",
    "Status",
    "Owner",
    "Deadline",
    "name",
    "time",
    "date",
];

/// Columns that say more of what another one names.
pub const ASIDES: &[&str] = &[
    "备注",
    "说明",
    "描述",
    "备考",
    "注释",
    "note",
    "notes",
    "remark",
    "remarks",
    "comment",
    "days",
    "description",
    "status",
    "owner",
];

/// What the rows are of where nothing but a version or the like tells it.
pub const THINGS: &[&str] = &[
    "版本",
    "版本号",
    "版本名",
    "版本名称",
    "产品",
    "机型",
    "固件",
    "内核版本",
    "型号",
    "系统",
    "软件",
    "组件",
    "发行版",
    "version",
    "product",
    "release",
    "model",
];

/// Columns that name the stages of one thing.
pub const STAGES: &[&str] = &["阶段", "里程碑", "节点", "stage", "milestone", "phase"];

/// What a table of stages is of, by its heading: `龙芯社区 24.03 版本发布计划`, `The Release Schedule of Loong 24.03`.
pub fn thing_of(topic: &str) -> Option<&str> {
    let of = topic.split_once(" of ").map_or(topic, |(_, of)| of);
    let words = [
        "计划",
        "日程",
        "时间表",
        "路线图",
        "里程碑",
        "发布",
        "版本",
        "开发",
        "Release",
        "Schedule",
        "Plan",
        "release",
        "plan",
    ];
    let mut thing = of.trim();
    while let Some(rest) = words.iter().find_map(|word| thing.strip_suffix(word)) {
        thing = rest.trim();
    }
    (thing.chars().any(|c| c.is_ascii_digit()) && (3..=20).contains(&width(thing))).then_some(thing)
}

/// Whether a head is one of these, in either language.
pub fn is_one_of(head: &str, words: &[&str]) -> bool {
    let text = Text::new(head);
    let plain = text.plain(0..text.len()).to_lowercase();
    words.iter().any(|word| match word.is_ascii() {
        true => plain.split(' ').any(|part| part == *word),
        false => plain.ends_with(word) && !plain.contains("推荐") && !plain.contains("升级") && !plain.contains("目标"),
    })
}

/// Whether a head asks for the name of what the row tells of, by its English word.
pub fn is_name_in_english(head: &str) -> bool {
    is_one_of(head, &["stage", "name", "event", "milestone", "phase", "topic", "activity", "item", "task"])
}

/// The kind of a stage that is named in English.
pub fn stage_kind(name: &str) -> Option<Kind> {
    let name = name.to_lowercase();
    let has =
        |words: &[&str]| words.iter().any(|word| name.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word));
    match () {
        () if has(&["deadline", "due", "closes"]) => Some(Kind::Deadline),
        () if has(&["release", "released", "ga", "launch", "publication", "published"])
            && !has(&["candidate", "plan", "rc"]) =>
        {
            Some(Kind::Release)
        }
        () if has(&["meeting", "plenary"]) => Some(Kind::Meeting),
        () if has(&["workshop", "conference", "forum"]) => Some(Kind::Forum),
        () => None,
    }
}

/// Whether a head tells nothing of an event.
pub fn is_aside(head: &str) -> bool {
    HEADS.iter().any(|other| head.contains(other))
}

/// Of a column that tells only the beginning, true, or only the end, false: `开始时间`, `End Time`.
pub fn edge(head: &str) -> Option<bool> {
    let plain = Text::new(head);
    let plain = plain.plain(0..plain.len()).to_lowercase();
    let bare =
        plain.trim_end_matches("时间").trim_end_matches("日期").trim_end_matches(" time").trim_end_matches(" date");
    match bare {
        "开始" | "起始" | "启动" | "begin" | "start" | "自" | "起" => Some(true),
        "结束" | "终止" | "完成" | "end" | "finish" | "至" | "止" => Some(false),
        _ => None,
    }
}

/// Whether a cell is a column's head.
pub fn is_head(cell: &str) -> bool {
    let text = Text::new(cell);
    let plain = text.plain(0..text.len());
    let is_short = (1..=12).contains(&text.len()) && !plain.contains(|c: char| c.is_ascii_digit());
    let is_known = HEADS.iter().any(|head| plain.contains(head))
        || field(cell) != Field::Other
        || is_plain_time(&plain)
        || plain.contains("时间")
        || plain.contains("日期")
        || HEADS_IN_ENGLISH.iter().any(|head| plain.split(' ').any(|word| word == *head))
        || plain.ends_with("截止")
        || plain.ends_with(['日', '期']) && label_kind(&plain).is_some();
    is_short && is_known
}

/// `2/11` and `2.11` in a column of days are one: `2月11日`.
pub fn as_day<'a>(cell: &'a str, head: &str) -> std::borrow::Cow<'a, str> {
    let is_of_days =
        head.len() < 40 && (is_plain_time(head) || head.contains(['日', '期']) || is_one_of(head, &["date", "day"]));
    let told = cell.trim();
    // `4.9-11`
    let is_small = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|octet| octet.is_ascii_digit());
    if let Some((first, last)) = told.split_once(['-', '–', '—', '~', '～'])
        && let Some((month, day)) = first.split_once(['.', '/'])
        && is_of_days
        && is_small(month)
        && is_small(day)
        && is_small(last)
    {
        return format!("{month}月{day}日-{last}日").into();
    }
    let length = told.bytes().take_while(|octet| octet.is_ascii_digit() || matches!(octet, b'/' | b'.')).count();
    let figures: Vec<&str> = told[..length].split(['/', '.']).collect();
    match figures.as_slice() {
        [month, day]
            if is_of_days
                && (1..=2).contains(&month.len())
                && (1..=2).contains(&day.len())
                && !told[length..].starts_with(['-', '~', '–', '—', ':']) =>
        {
            format!("{month}月{day}日{}", &told[length..]).into()
        }
        _ => cell.into(),
    }
}

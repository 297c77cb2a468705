//! Labels, columns' heads and the like: the kind of what they ask the date of.

use crate::chinese::{nouns, script::Text};
use crate::event::Kind;

words! {
    DEADLINE_WORDS =
        "DDL ddl 截止 截标 截稿 截至 最迟 最晚 期限 反馈 征求意见 征集 报名 申报 提交 投稿 公示 缴费 咨询期 交稿 报送 回执 \
        递交 申请 网申 报考 注册 征文 收稿 终稿 定稿 修改稿 camera 意见 投票 预订 订房 逾期 止付 还款 缴款 归还 到期 有效期 报价 投标 受理"
}

words! {
    OTHER_WORDS =
        "报到 布展 撤展 录用 答辩 入场 签到 彩排 抵达 离会 公告 通知 起草 立项 评审结果 名单 开放 获取 领取 发售 \
        踏勘 打印 考试 笔试 抽签 摇号 体检 现场确认 资格审查 资格复审 初评 终评 终审 初审 复审 评选 颁奖 放榜 开工 竣工 停电 停水 停气 施工 检修 兑换 发放 换领 领证 录取 放假 调休 停课 停诊 休馆 闭馆 开学 军训 作业 演习 演练 疏浚"
}

words! {
    /// What cannot be an event's date.
    NO_EVENT =
        "更新 修改 打印时间 打印日期 下载 浏览 成立 出生 建立 签到时间 服务时间 办公时间 营业时间 工作时间 联系 编制日期 制表"
}

const RELEASE_WORDS: &[&str] = &[
    "报批", "下达", "发布", "公布", "批准", "印发", "发行", "出版", "颁布", "上线", "出台", "签发", "揭晓", "刊出",
    "刊发", "上市", "开售",
];

const EFFECTIVE_WORDS: &[&str] = &[
    "实施",
    "施行",
    "生效",
    "执行",
    "启用",
    "废止",
    "适用",
    "停用",
    "过渡期",
    "试行",
    "停止维护",
    "终止维护",
    "停止支持",
    "终止支持",
    "停止服务",
    "停止更新",
    "停止销售",
    "停售",
    "EOL",
    "EOS",
];

/// The kind that a label, a column's head or the like tells of.
pub fn label_kind(label: &str) -> Option<Kind> {
    let text = Text::new(label);
    let label = text.plain(0..text.len());
    let label = label.as_str();
    // `原通知培训时间`
    let label = ["原通知", "原公告"].iter().find_map(|old| label.trim_start().strip_prefix(old)).unwrap_or(label);
    let has = |words: &[&str]| words.iter().any(|word| label.contains(word));
    let noun = || {
        let text = Text::new(label);
        let label = text.plain(0..text.len());
        let trimmed = label.trim_end_matches(['时', '间', '日', '期', '为', ':']);
        let text = Text::new(trimmed);
        nouns::last_in(&nouns::nouns(&text), &(0..text.len())).map(|noun| noun.kind)
    };
    match () {
        () if has(&NO_EVENT) => None,
        () if has(&["截止", "截标", "截稿", "截至", "最迟", "最晚", "DDL", "ddl"]) || is_deadline_in_english(label) => {
            Some(Kind::Deadline)
        }
        // `会员大会暨投票日`
        () if ["投票日", "选举日", "开票日", "考试日"]
            .iter()
            .any(|end| label.trim_end_matches([':', ' ']).ends_with(end)) =>
        {
            noun().or(Some(Kind::Other))
        }
        () if ["公示期", "公示时间", "公示日期", "征求意见期", "征求意见时间", "公示期限"].iter().any(|end| {
            let bare = label.trim_end_matches(['：', ':', ' ', '为', '自', '从']);
            bare.ends_with(end)
        }) =>
        {
            Some(Kind::Deadline)
        }
        // `网上申报系统：4月20日23:00至次日5:00`
        () if ["系统", "平台", "网站", "窗口", "功能", "服务"]
            .iter()
            .any(|end| label.trim_end_matches(['：', ':']).ends_with(end)) =>
        {
            Some(Kind::Other)
        }
        // `标准实施座谈会时间`
        () if !has(&["报名", "公告", "通知"]) && ends_with_noun(label).is_some() => ends_with_noun(label),
        // `主流支持终止`, `维护结束日期`
        () if has(&["支持", "维护", "服务", "更新", "销售", "供货", "生产"])
            && has(&["终止", "停止", "结束", "终了", "到期"]) =>
        {
            Some(Kind::EffectiveDate)
        }
        () if has(EFFECTIVE_WORDS) => Some(Kind::EffectiveDate),
        () if has(RELEASE_WORDS) && !has(&["录用", "发布会"]) => Some(Kind::Release),
        // `等级考试报名时间`
        () if !has(&["开放", "开始", "启动"]) && ends_with_duty(label) => Some(Kind::Deadline),
        () if has(&OTHER_WORDS) => Some(Kind::Other),
        () if has(&DEADLINE_WORDS) => Some(Kind::Deadline),
        () => noun().or_else(|| {
            has(&["会议", "开会", "召开", "开标", "审查", "听证", "座谈", "评审"]).then_some(Kind::Meeting).or(has(&[
                "培训", "活动", "论坛", "展", "举办", "举行", "开课", "讲座", "比赛", "开幕", "演讲", "授课", "开班",
                "直播", "开赛", "演出", "展期",
            ])
            .then_some(Kind::Forum))
        }),
    }
}

/// `Closing date`, `DEADLINE`
pub fn is_deadline_in_english(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    ["deadline", "closing date", "due date", "cut-off", "cutoff"].iter().any(|word| label.contains(word))
}

/// The kind of what people come together for with whose name a label ends, but for the word for the time.
fn ends_with_noun(label: &str) -> Option<Kind> {
    let text = Text::new(label);
    let label = text.plain(0..text.len());
    let text = Text::new(label.trim_end_matches(['时', '间', '日', '期', '为', ':']));
    let noun = nouns::last_in(&nouns::nouns(&text), &(0..text.len()))?;
    (noun.place.end == text.len() && noun.place.len() > 1).then_some(noun.kind)
}

/// Whether a label ends with what is to be done, but for the word for the time.
fn ends_with_duty(label: &str) -> bool {
    let bare = label.trim_end_matches(['：', ':', ' ', '为']);
    let bare = ["起止时间", "时间", "日期", "期限"].iter().find_map(|end| bare.strip_suffix(end)).unwrap_or(bare);
    [
        "报名",
        "申报",
        "投稿",
        "缴费",
        "征集",
        "征文",
        "申请",
        "网申",
        "报考",
        "预报名",
        "登记",
        "注册",
        "预约",
        "认购",
        "预售",
    ]
    .iter()
    .any(|duty| bare.ends_with(duty))
}

/// Whether a label asks for when something takes place, which it does not name.
pub fn is_plain_time(label: &str) -> bool {
    let bare = label.trim_matches(|c: char| !c.is_alphanumeric());
    // `首期时间`
    let bare = ["首期", "首场", "首次", "第一期", "第二期", "本期", "每期"]
        .iter()
        .find_map(|which| bare.strip_prefix(which).filter(|rest| !rest.is_empty()))
        .unwrap_or(bare);
    matches!(
        bare,
        "时间"
            | "日期"
            | "時間"
            | "日期及时间"
            | "日期与时间"
            | "日期時間"
            | "举行时间"
            | "举行日期"
            | "日期时间"
            | "时间地点"
            | "时间与地点"
            | "时间和地点"
            | "时间及地点"
            | "起止时间"
            | "具体时间"
            | "日程"
            | "何时"
            | "什么时候"
            | "Date"
            | "Time"
            | "When"
            | "日期和时间"
            | "会期"
            | "起止日期"
            | "时间安排"
            | "起始日"
            | "开始日"
            | "起始日期"
            | "开始日期"
            | "起始时间"
            | "开始时间"
            | "计划时间"
            | "计划日期"
            | "预计时间"
            | "预计日期"
            | "目标日期"
            | "完成时间"
            | "完成日期"
            | "进度安排"
            | "时间节点"
            | "举办时间"
    )
}

/// Whether the words tell of something that is due.
pub fn is_of_deadline(text: &Text, until: usize) -> bool {
    text.holds(0..until, &DEADLINE_WORDS)
}

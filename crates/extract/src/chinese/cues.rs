//! The words that tell what happens on a date.

use std::ops::Range;
use std::sync::LazyLock;

use super::mask::Masked;
use super::script::{Dictionary, Text};

/// What a verb or a phrase says of the date beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// Takes place: what it is, its noun tells.
    Held,
    Release,
    Effective,
    /// Holds from then on: an order or a ban is told in words of its own.
    Ruled,
    Closes,
    Opens,
    /// An act that has no other noun: a draw, the opening of tenders.
    Done,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    pub sense: Sense,
    pub place: Range<usize>,
}

/// The longer stand before those that they begin with.
const PHRASES: &[(Sense, &[&str])] = &[
    (
        Sense::Held,
        &[
            "召开",
            "举行",
            "举办",
            "开幕",
            "启幕",
            "揭幕",
            "开班",
            "开课",
            "开讲",
            "开赛",
            "开馆",
            "开播",
            "首播",
            "开营",
            "闭幕",
            "登场",
            "展出",
            "亮相",
            "拉开帷幕",
            "相聚",
            "聚会",
            "集结",
            "主办",
            "承办",
            "组织",
            "开展",
            "进行",
            "审议",
            "办理",
            "讲评",
            "答疑",
            "开庭审理",
            "开庭",
            "公开宣判",
        ],
    ),
    (
        Sense::Release,
        &[
            "批准发布",
            "修正发布",
            "正式发布",
            "发布",
            "公布",
            "印发",
            "颁布",
            "出台",
            "上线",
            "挂网",
            "挂出",
            "批准",
            "刊发",
            "推出",
            "发行",
            "面世",
            "问世",
            "下达",
            "审议通过",
            "报批",
            "公开",
            "揭晓",
            "签发",
            "出版",
            "颁发",
            "刊宪",
            "刊登",
            "发表",
            "立项",
            "发送",
            "寄发",
            "发放",
            "公告之",
            "公布之",
            "予以公告",
            "网上公告",
            "刊出",
            "打tag",
            "发版",
        ],
    ),
    (
        Sense::Effective,
        &[
            "EOL",
            "EOFS",
            "停止维护",
            "终止维护",
            "停止支持",
            "终止支持",
            "停止服务",
            "停止更新",
            "停止销售",
            "停止执行",
            "停止使用",
            "停止实施",
            "停止施行",
            "永久关闭",
            "关停",
            "停服",
            "下线",
            "实施",
            "施行",
            "生效",
            "执行",
            "启用",
            "废止",
            "失效",
            "作废",
            "强制执行",
            "试行",
            "停用",
            "试运行",
            "切换",
            "正式运行",
            "停售",
        ],
    ),
    (
        Sense::Ruled,
        &[
            "不得",
            "禁止",
            "应当",
            "应符合",
            "应",
            "须",
            "必须",
            "不再",
            "停止",
            "取消",
            "调整",
            "恢复",
            "暂停",
            "改为",
            "实行",
            "统一",
            "允许",
            "可以",
            "可",
            "需",
            "纳入",
            "开始",
            "征收",
            "采用",
            "适用",
        ],
    ),
    (
        Sense::Closes,
        &["关闭", "截止", "截至", "截稿", "结束", "逾期", "期满", "届满", "为止", "最后期限", "到期", "止"],
    ),
    (Sense::Opens, &["开放", "启动", "受理", "接受", "开通", "开启"]),
    (
        Sense::Done,
        &[
            "公开抽签",
            "抽签",
            "公开摇号",
            "摇号",
            "开标",
            "放榜",
            "揭榜",
            "停电",
            "停水",
            "停气",
            "停机",
            "断网",
            "颁奖",
            "揭牌",
            "签约",
            "笔试",
            "机考",
            "开考",
            "交付",
            "定稿",
            "结题",
            "放假",
            "停业",
            "停运",
            "停课",
            "停诊",
            "闭馆",
            "休馆",
            "休市",
            "停航",
            "停驶",
            "恢复营业",
            "恢复开放",
            "恢复运行",
            "恢复正常",
            "复工",
            "复课",
            "开学",
            "停止收件",
            "停止受理",
            "停止办理",
            "停止接收",
        ],
    ),
];

words! {
    /// In which one of the phrases stands and means something else.
    OTHERS =
        "发布会 举办地 举办单位 举办方 召开期间 举行期间 举办期间 召开时 举办时间 召开时间 举行时间 举办日期 \
        开幕式 闭幕式 揭幕式 启动仪式 开幕致辞 实施方案 实施细则 实施办法 实施条例 实施意见 实施指南 实施计划 \
        实施单位 执行标准 执行委员会 执行秘书 执行主席 组织委员会 组织单位 组织机构 组织者 国际标准化组织 \
        标准化组织 组织制定 组织起草 组织编制 组织开展 公开征求 公开征集 公开课 发行人 出版社 相应 适应 响应 \
        供应 反应 应用 应邀 应急 应对 须知 必需 需求 可持续 可靠 许可 认可 可再生 开放日 启动会 启动仪式 停止线 \
        发布单位 发布机构 进行中 批准文号 公开发行 实施情况 批准部门 防止 阻止 禁止令 统一社会信用 施行日期 \
        实施日期 发布日期 批准日期 开放性 主办单位 主办方 承办单位 可能 作为 标准实施 贯彻实施 组织实施 \
        放假安排 放假通知 放假时间 停业整顿 停课通知 开学典礼 开学季 复工复产 停电公告 停电通知 停电范围 停电原因 停电区域 停电时间 停电工程 停电作业 停电检修 停水公告 停水通知 停水范围 停水原因 停水时间 \
        停气公告 停气通知 停机坪 停机升级 停机维护 开标室 开标时间 开标地点 开标记录 开标大厅 颁奖典礼 颁奖仪式 颁奖礼 颁奖晚会 \
        揭牌仪式 签约仪式 抽签仪式 抽签方式 抽签结果 抽签时间 抽签顺序 摇号结果 摇号时间 笔试成绩 笔试时间 笔试地点 签约单位 签约率 \
        征求意见稿 公开开庭 公开审理 公开拍卖 公开竞价 公开招标 公开招聘 公开遴选 公开选拔 公开听证 公开出让 公开挂牌 公开报名 \
        开庭时间 开庭地点 开庭公告 开庭传票 开庭日期 发布日程 发布计划 发布经理 发布频道 开始前 开启式 公开系统 关闭式"
}

static WORDS: LazyLock<Dictionary<Option<Sense>>> = LazyLock::new(|| {
    let others = OTHERS.iter().map(|word| ((*word).to_owned(), None));
    let phrases = PHRASES.iter().flat_map(|(sense, words)| words.iter().map(|word| ((*word).to_owned(), Some(*sense))));
    let mut phrases: Vec<_> = phrases.collect();
    phrases.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
    Dictionary::new(others.chain(phrases))
});

/// All cues of a sentence, in order; none within the names that it quotes.
pub fn cues(text: &Text, masked: &Masked) -> Vec<Cue> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let word = if masked.is_quoted(at) { None } else { WORDS.at(text, at) };
        at = match word {
            Some((end, Some(sense))) => {
                found.push(Cue { sense: *sense, place: at..end });
                end
            }
            // `组织开展` still holds what it ends with.
            Some((_, None)) if text.is(at, "组织开展") || text.is(at, "公开开庭") => at + 2,
            Some((end, None)) => end,
            None => at + 1,
        };
    }
    found
}

//! What people come together for, by its name.

use std::ops::Range;
use std::sync::LazyLock;

use super::script::{Dictionary, Text, is_han};
use crate::event::Kind;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noun {
    pub kind: Kind,
    pub place: Range<usize>,
    pub is_in_brackets: bool,
}

const MEETINGS: &str = "会议 年会 全体会议 工作会议 代表大会 会员大会 全体大会 成立大会 换届大会 股东大会 联大 审查会 听证会 \
    座谈会 理事会 例会 全会 评审会 审定会 评估会 启动会 推进会 工作会 协调会 面试 答辩 会商 会审 审议会 说明会 见面会 \
    总结会 讨论会 协商会 专题会 碰头会 通气会 会议周 视频会 论证会 Plenary Meeting meeting Meeting Plenary plenary e-meeting teleconference";

const FORUMS: &str = "论坛 峰会 研讨会 研讨班 培训班 培训会 培训 宣贯会 宣贯班 宣贯 展览会 博览会 展销会 交易会 展会 展览 沙龙 讲座 \
    讲堂 课堂 公开课 直播课 直播 课程 学术会议 学术年会 交流会 对接会 推介会 洽谈会 报告会 分享会 大赛 竞赛 比赛 决赛 初赛 \
    夏令营 工作坊 研修班 进修班 活动 宣传周 活动周 标准周 标准化周 开放周 科技周 文化周 典礼 颁奖礼 聚会 月聚 年聚 小聚 联欢会 招聘会 双选会 音乐会 演唱会 演出 市集 Meetup meetup 嘉年华 演讲 答疑 讲评 运动会 庙会 灯会 晚会 酒会 团拜会 招待会 圆桌 技术周 文化节 科技节 大会 发布会 开幕式 \
    闭幕式 仪式 对话会 对话 主旨报告 大会报告 专题报告 特邀报告 致辞 茶话会 联谊会 开放日 博会 服贸会 广交会 贸洽会 投洽会 糖酒会 展 课 进修 研修 研习 复赛 路演 巡展 Workshop Forum Conference \
    Summit Webinar Symposium Expo Seminar Congress";

/// Bodies, buildings, papers, and words that only look alike.
const OTHERS: &str = "协会 学会 委员会 工会 基金会 商会 联合会 社会 机会 研究会 促进会 分会 省会 组委会 董事会 监事会 公会 \
    管委会 国会 议会 执委会 常委会 标委会 技委会 贸促会 消委会 将会 都会 不会 也会 只会 与会 参会 领会 体会 本会 我会 贵会 该会 \
    入会 才会 便会 就会 会员 会长 会同 会计 会务 会费 会场 会址 会籍 会刊 会徽 会客 会诊 会师 会签 会后 会前 会上 会期 \
    会见 会谈 会馆 会标 会展 会议室 会议厅 会议中心 会议纪要 会议中 会展中心 会堂 大会堂 展览馆 展览中心 展厅 展台 展位 展商 展品 展区 展开 展示 展望 \
    展现 展业 展销 展馆 开展 发展 进展 扩展 拓展 布展 撤展 参展 展期 展出 活动室 活动中心 活动方案 报告厅 培训中心 培训机构 培训费 会议费 课题 课时 课件 \
    理事会员 理事会成员 理事会主席 组织委员会 国际会议中心 会议地点 会议时间 会议主题 会议议程 会议名称 会议注册 会议手册 会议回执 \
    会议号 培训时间 培训地点 培训对象 活动时间 活动地点 活动主题 论坛时间 论坛地点 论坛主题 会议通知 会议材料 社会各界 博览中心 博览馆 交易中心 \
    讲座教授 对话框 开课 上课 下课 停课 补课 选课 退课 排课 备课 听课 进修部 进修学院 离会 到会 散会 闭会 休会 演讲厅 演艺厅 活动厅 腾讯会议 飞书会议 钉钉会议 Zoom会议 zoom会议 ZOOM会议 开展示 活动板房 流动展";

static WORDS: LazyLock<Dictionary<Option<Kind>>> = LazyLock::new(|| {
    let lists = [(MEETINGS, Some(Kind::Meeting)), (FORUMS, Some(Kind::Forum)), (OTHERS, None)];
    let mut words: Vec<_> =
        lists.iter().flat_map(|(list, kind)| list.split_whitespace().map(|word| (word.to_owned(), *kind))).collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    Dictionary::new(words)
});

/// All of a sentence, in order.
pub fn nouns(text: &Text) -> Vec<Noun> {
    let mut found: Vec<Noun> = Vec::new();
    let mut at = 0;
    while let Some(first) = text.at(at) {
        let Some((mut end, kind)) = WORDS.at(text, at) else {
            if first == '会' && is_meeting(text, at) {
                found.push(Noun { kind: Kind::Meeting, place: at..at + 1, is_in_brackets: false });
            }
            at += 1;
            continue;
        };
        // `专题会议`
        end += usize::from(kind.is_some() && text.is(end - 1, "会议"));
        // One character is a noun only at the end of a name: `装备展，`.
        let is_whole = end > at + 1 || (at > 0 && text.at(end).is_none_or(|c| !is_han(c) || "于在将的".contains(c)));
        // `理事会将召开`: a body.
        let is_body =
            text.is(at, "理事会") && end == at + 3 && text.one_of(end, &["将", "拟", "定于", "决定"]).is_some();
        // `以视频会议方式召开`
        let is_way = text.one_of(end, &["方式", "形式", "平台", "软件", "系统"]).is_some();
        if let Some(kind) = kind.filter(|_| is_whole && !is_body && !is_way) {
            let kind = if is_service(text, at, end) { Kind::Other } else { kind };
            let is_in_brackets = text.before(at) == Some('(') && text.at(end) == Some(')');
            found.push(Noun { kind, place: at..end, is_in_brackets });
        }
        // `第2次临时董事会`: a body that meets.
        let is_session = kind.is_none()
            && matches!(text.plain(at..end).as_str(), "董事会" | "监事会" | "执委会" | "常委会" | "议会")
            && (text.ending(at, &["临时"]).is_some()
                || text.ending(at, &["次"]).is_some_and(|of| text.holds(of.saturating_sub(4)..of, &["第"])));
        if is_session {
            found.push(Noun { kind: Kind::Meeting, place: at..end, is_in_brackets: false });
        }
        at = end;
    }
    found
}

/// `疫苗接种活动`: what is done for people who come, not what they come together for.
fn is_service(text: &Text, at: usize, end: usize) -> bool {
    words! {
        SERVICES =
            "注射 接种 义诊 体检 献血 清扫 大扫除 拍卖 竞拍 竞价 促销 优惠 抽奖 评选 征集 捐赠 回收 打捞 植树 检修 演练 筛查 \
            投票 调查 核查 检查 抽查 巡查 收缴 清缴 发放"
    }
    text.is(at, "活动") && end == at + 2 && text.ending(at, &SERVICES).is_some()
}

/// Whatever else ends in 会: 起草会, 碰头会.
fn is_meeting(text: &Text, at: usize) -> bool {
    let has_name = text.before(at).is_some_and(is_han);
    let ends = text.at(at + 1).is_none_or(|c| !is_han(c) || "于在将的定订拟由原暨及和与延推如期改提移".contains(c));
    has_name && ends
}

/// The last that ends in the range. What stands in brackets behind another one, `全体会议（Plenary Meeting）`, only says it again.
pub fn last_in(nouns: &[Noun], range: &Range<usize>) -> Option<Noun> {
    let mut found = nouns.iter().rev().filter(|noun| range.start <= noun.place.start && noun.place.end <= range.end);
    let last = found.next()?;
    let again = found.next().filter(|before| before.place.end + 1 == last.place.start && last.is_in_brackets);
    Some(again.unwrap_or(last).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meetings_are_told_from_forums_and_from_bodies() {
        for (sentence, expected) in [
            ("全国干燥设备标准化技术委员会年会", "meeting"),
            ("省检验检测协会第四届会员代表大会", "meeting"),
            ("传感器标准化大会", "forum"),
            ("低温阀门起草组会议", "meeting"),
            ("标准起草会", "meeting"),
            ("2020年年会暨标准审查会", "meeting"),
            ("中国标准化协会", ""),
            ("国际会议中心三层会议室", ""),
            ("海洋装备展", "forum"),
            ("发展规划", ""),
            ("ISO/TC 351 Plenary Meeting", "meeting"),
            ("社会各界代表参会", ""),
            ("宣贯培训班", "forum"),
            ("流感疫苗接种活动", "other"),
            ("腾讯会议", ""),
            ("开始上课", ""),
        ] {
            let text = Text::new(sentence);
            let found = last_in(&nouns(&text), &(0..text.len()));
            assert_eq!(found.map_or("", |noun| noun.kind.as_str()), expected, "{sentence}");
        }
    }
}

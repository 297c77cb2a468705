//! What is asked for on a day without 前, and what a source is said to have told.

use std::ops::Range;

use super::Judge;
use crate::chinese::cues::Sense;
use crate::chinese::dates::Written;

impl Judge<'_> {
    /// `请于6月28日提交材料`, without 前.
    pub fn is_asked_on(&self, past: usize) -> bool {
        let s = self.sentence;
        words! {
            HANDS =
                "提交 报送 反馈 递交 寄送 寄回 寄至 发送 发至 发到 上报 报至 交至 交回 返回 填报 填写 完成 缴纳 缴费                 报名 回复 确认 将"
        }
        let asks = ["请", "须", "应", "务必", "需", "要求"];
        let clause = s.clause_start(self.start(), s.left(self.index));
        // The bracket that only says which day is meant stands in the clause that asks.
        let clause = if s.text.is(clause, "即") { s.clause_start(clause.saturating_sub(1), 0) } else { clause };
        // `须于1月1日至31日期间递交`
        let past = s.text.one_of(past, &["期间内", "期间", "期内", "之间", "内"]).unwrap_or(past);
        let begin = past + usize::from(s.text.is(past, ","));
        let is_told_shortly = s.before(self.index).is_empty()
            && !s.text.is(begin + 2, "了")
            && matches!(
                s.mentions.get(self.index).map(|mention| mention.start),
                Some(Written::Weekday { weeks: 0.., .. } | Written::FromNow(1..))
            );
        (is_told_shortly || s.text.holds(clause..self.start(), &asks))
            && s.text.find(begin..s.len().min(begin + 2), &HANDS).is_some_and(|word| word.start == begin)
            && s.mentions.get(self.index).is_some_and(|mention| mention.start.is_day())
    }

    /// `公众可于28日参观雷达站`: what may be done then.
    pub fn is_open_on(&self, past: usize) -> Option<Range<usize>> {
        let s = self.sentence;
        words! {
            ACTS = "到门店 到现场 到店 到馆 参观 查询 领取 下载 打印 登录 预约 购票 购买 换领 试用 体验 观看 收看 登记 前往 到场 入场"
        }
        s.text.ending(self.start(), &["可于", "可在", "可自", "可从"])?;
        let verb = s.text.one_of(past, &["起", "开始"]).unwrap_or(past);
        s.text.one_of(verb, &ACTS)?;
        Some(verb..s.clause_end(verb, self.right()))
    }

    /// Where the words stand of what is carried out: `在下列水域内进行管线铺设作业`.
    pub fn carried_out(&self, begin: usize) -> Option<Range<usize>> {
        let s = self.sentence;
        words! {
            WORKS =
                "作业 施工 演习 演练 训练 射击 试验 试航 测试 拍卖 拍卖活动 竞价 竞拍 打捞 疏浚 铺设 抢修 检修 巡检 消毒 保养 盘点 勘察 \
                测量 清洗 采样 考试 测试 面试 笔试 投票 选举 评审 审核 核查 验收 体检 接种"
        }
        let mut from = begin;
        for _ in 0..3 {
            let end = s.clause_end(from, self.right());
            if let Some(verb) = s.text.find(from..end.min(from + 60), &["进行", "实施", "开展"]) {
                let is_end = s.text.ending(end, &WORKS).is_some_and(|start| start >= verb.end);
                return is_end.then_some(verb.end..end);
            }
            from = end + 1;
        }
        None
    }

    /// Where the words stand that lay a bill or the like before a body: `于5月15日提交立法会审议`.
    pub fn laid_before(&self, past: usize) -> Option<Range<usize>> {
        let s = self.sentence;
        words! {
            BODIES =
                "立法会 国会 议会 大会 人大 常委会 代表大会 理事会 董事会 联席会议 全会 行政会议 行政会 委员会 政协 审议 表决 审查"
        }
        let begin = past + usize::from(s.text.is(past, ","));
        let verb = s.text.one_of(begin, &["提交", "提请", "提呈", "呈交", "送交", "提报"])?;
        let end = s.clause_end(verb, self.right()).min(verb + 14);
        let body = s.text.find(verb..end, &BODIES)?;
        let is_asked = s.text.holds(self.clause_start()..self.start(), &["请", "须", "应于", "务必"]);
        (!is_asked && !s.text.is(body.end, "秘书处")).then_some(begin..body.end)
    }

    /// Where the verb stands of `根据9月29日发布的公告，10项标准正式发布`: what the source tells of happened on the day.
    pub fn released_by_source(&self, past: usize) -> Option<Range<usize>> {
        let s = self.sentence;
        let clause = self.clause_start();
        s.text.one_of(clause, &["根据", "依据", "按照"])?;
        let comma = s.clause_end(past, self.right());
        let cue =
            s.cue_after(comma, self.right(), |cue| cue.sense == Sense::Release && !s.text.is(cue.place.end, "的"))?;
        (s.clause_end(cue.place.end, s.len()) == cue.place.end).then(|| cue.place.clone())
    }
}

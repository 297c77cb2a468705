//! Names as they may stand in a title: of documents, of standards, and words without what leads to them.

mod spoken;

pub use spoken::{case, handed_on, is_source};

use std::ops::Range;

use super::script::{Text, is_han};
use super::sentence::Sentence;

/// The longest title, in characters of the width of a Chinese one.
pub const LONGEST: usize = 40;

words! {
    /// What a name does not begin with.
    LEADING =
        "原通知 原公告 关于 为进一步 经研究决定 经研究 经批准 现将 兹将 兹定 兹 现批准发布 批准发布 现批准 现 定于 拟于 将于 \
        拟定 自 由 于 将 拟 并且 并 以及 及 且 其中 同时 另外 另 此外 因此 请各有关单位 请各单位 请 据悉 获悉 \
        届时 点击链接 点击 如有 若有 如对 若对 已 的 了 和 与 在 对 就 向 而 但 又 再 也 均 都 即 则 我委 我局 我会 我部 我厅 我院 我市 我省 我国 归口的 归口管理的 \
        本次 此次 本届 原定 正式 组织召开 组织开展 组织 召开 举办 举行 开展 通知 决定 一场 一次 首先 有关 起 \
        通过 首次 如期 之 下一次 下次 欢迎"
}

words! {
    /// What it does not end with.
    TRAILING =
        "相应 的通知 的公告 将于 定于 拟于 已于 计划于 预计于 订于 时间为 日期为 时间 日期 将 拟 已经 已 定 订 于 计划 \
        预计 有望 正式 隆重 如期 决定 经研究 为 的 拟定 原 在 自 从 也 都 均 将会 暂定 初定 是 至 到 并 和 与 及 \
        分别 首次 成功 顺利 圆满 联合 共同 最迟 应 须 请 可 截至 等 由 有望 力争 确定 延长 延期 推迟 顺延 相应延 \
        相应 延后 调整 改期 起止 一式三份 一式两份 一式二份 一式四份 一式五份"
}

const EDGES: &[char] = &[
    ',', '，', '。', '.', ';', '；', ':', '：', '、', '-', '—', '–', '|', ' ', '!', '！', '?', '？', '·', '•', '*',
    '#', '~', '…', '＊', '●', '■', '◆', '★', '▪', '○', '→', '>', '【', '】',
];

/// `🎟`, `☐`: signs that people set before a line.
pub fn is_sign(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{25a0}'..='\u{25ff}' | '\u{fe0f}' | '\u{200d}')
}

/// Fit to stand in a title: without what leads to it and away from it. The words are compared in one script.
pub fn tidy(name: &str) -> String {
    let is_edge = |c: char| EDGES.contains(&c) || is_sign(c);
    let mut name = unnumbered(without_article(name.trim())).trim_matches(is_edge).to_owned();
    for _ in 0..8 {
        let text = Text::new(&name);
        let mut range = 0..text.len();
        if let Some(end) = text.one_of(0, &LEADING).filter(|end| *end < range.end && may_cut(&text, *end)) {
            range.start = end;
        }
        if let Some(start) =
            text.ending(range.end, &TRAILING).filter(|start| *start > range.start && !is_whole(&text, range.end))
        {
            range.end = start;
        }
        let cut = balanced(&text.show(range)).trim_matches(is_edge).to_owned();
        if cut == name {
            break;
        }
        name = cut;
    }
    name
}

/// Without `第四十条` before it.
fn without_article(name: &str) -> &str {
    let Some(rest) = name.strip_prefix('第') else { return name };
    let number = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十百".contains(c));
    match number.strip_prefix(['条', '條']) {
        Some(after) if number.len() < rest.len() => after.trim_start(),
        _ => name,
    }
}

/// `申请`, `规定`, `认可`: words that end like what leads on.
fn is_whole(text: &Text, end: usize) -> bool {
    const WHOLE: &str = "申请 邀请 聘请 规定 认定 制定 审定 评定 检定 鉴定 协定 稳定 固定 指定 选定 约定 法定 限定 测定 标定 判定 核定 编定 \
        响应 供应 反应 适应 效应 对应 感应 认可 许可 行为 人为 存在 潜在 内在 所在 平等 高等 初等 中等 同等 理由 自由 参与 赋予 以及 涉及 普及 \
        兼并 合并 夏至 冬至 收到 达到 报到 签到 目的 标的 必须 修订 制订 签订 预订 续订 工作计划 项目计划 发布计划 年度计划 行动计划 培训计划 修订计划 制订计划 研究计划 立项计划 抽查计划 共和 饱和 调和 温和 电池组 立于 审定";
    WHOLE.split(' ').any(|word| text.ending(end, &[word]).is_some())
}

/// `自动化`, `对外贸易`, `就业`: words that begin like a preposition.
fn may_cut(text: &Text, end: usize) -> bool {
    words! {
        WHOLE =
            "自查 自评 自检 自测 自费 自荐 自学 自我 自带 自动 自主 自然 自贸 自治 自愿 自行 自驾 自助 由来 对外 对话 对接 对照 对标 就业 就医 在线 在用 在产 在建 \
            在职 在途 与会 和平 和谐 及时 现代 现场 现行 现货 将军 已有 现有 再生 再制造 再利用 向导 均匀 均衡 都市 \
            即时 即期 其他 其它 起重 起草 起步 起搏 起聘 起租 起息 起飞 起航 起降 起跑 起拍 起征 起诉 起算 起运 起售 起薪 并购 并网 另类 已获 已取得 已售 已建 已投 对象 对比 通知书 \
            通过率 组织工程 组织化 现浇 再保险 向日葵 及其 并联 已经 的士 了解 有关 自来 通过式 通过性 请求 首次 \
            首台 正式文本 正式版 正式稿 正式名 正式会"
    }
    text.one_of(0, &WHOLE).is_none_or(|whole| whole <= end && !text.is(0, "已有"))
}

/// Without `一、`, `（二）`, `3.`, `4）` before it.
pub fn unnumbered(text: &str) -> &str {
    let trimmed =
        text.trim_start_matches(|c: char| c.is_whitespace() || "•●■◆★▪*·-▍▌▶►◎※◇□☆".contains(c) || is_sign(c));
    let inner = trimmed.strip_prefix(['（', '(']);
    let body = inner.unwrap_or(trimmed);
    let length: usize = body.chars().take_while(|c| "一二三四五六七八九十".contains(*c)).map(char::len_utf8).sum();
    let digits: usize = body.chars().take(2).take_while(char::is_ascii_digit).count();
    let (number, marks): (usize, &[char]) = match (length, digits) {
        (1.., _) => (length, &['、', '.', '．', '）', ')']),
        (_, 1..) => (digits, &['、', '.', '．', '）', ')']),
        _ => return circled(trimmed),
    };
    let rest = &body[number..];
    match rest.strip_prefix(marks) {
        // `2.5` is no number of a line, nor is `(2020)`.
        Some(rest) if !(digits > 0 && rest.starts_with(|c: char| c.is_ascii_digit())) => {
            rest.trim_start_matches(['、', ' ', '\u{3000}'])
        }
        _ => trimmed,
    }
}

fn circled(text: &str) -> &str {
    text.strip_prefix(|c: char| ('①'..='⑳').contains(&c)).unwrap_or(text)
}

/// Without brackets that open or close nothing.
fn balanced(text: &str) -> String {
    let pairs = [('（', '）'), ('(', ')'), ('《', '》'), ('“', '”'), ('「', '」'), ('【', '】'), ('[', ']')];
    let mut kept: Vec<char> = text.chars().collect();
    for (open, close) in pairs {
        let mut stack = Vec::new();
        let mut stray = Vec::new();
        for (at, c) in kept.iter().enumerate() {
            if *c == open {
                stack.push(at);
            } else if *c == close && stack.pop().is_none() {
                stray.push(at);
            }
        }
        stray.extend(stack);
        let mut at = 0;
        kept.retain(|_| {
            at += 1;
            !stray.contains(&(at - 1))
        });
    }
    let text: String = kept.into_iter().collect();
    text.replace("（）", "").replace("()", "")
}

/// Its width in Chinese characters.
pub fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>().div_ceil(2)
}

/// Words that stand for a document told before: 本办法, 该标准.
pub fn is_pronoun(text: &str) -> bool {
    words! {
        THINGS =
            "办法 规定 标准 条例 规程 细则 通知 公告 意见 方案 规范 制度 要求 目录 文件 决定 法 法规 规章 指南 要点 \
            准则 规则 技术规范 章程 新规 规例 国家标准 国标 团体标准 行业标准 地方标准 修改单 条款 通告 政策 命令 \
            要點 协议 规 国标 计划 清单 定 版本 系统 部分"
    }
    let text = Text::new(text);
    // Neither does where or how it holds say what it is.
    words! {
        WHERE =
            "本市 全市 我市 本省 全省 我省 全国 我国 本区 全区 本县 全面 强制 统一 同步 一律 陆续 分步 率先 全域 \
            全行业 在全国 在全市 在全省"
    }
    if WHERE.iter().any(|place| text.one_of(0, &[place]) == Some(text.len())) {
        return true;
    }
    let begin = text.one_of(
        0,
        &[
            "本", "该", "此", "上述", "以上", "这一", "这些", "前述", "新版", "旧版", "新", "其", "有关", "相关",
            "两项", "这项", "此项", "各项", "该项",
        ],
    );
    let Some(begin) = begin else {
        // `规例`, `修订规例` alone.
        words! {
            ALONE = "规例 条例 办法 规定 细则 规程 法案 草案 条款 法令 法规 新例"
        }
        let of = text.one_of(0, &["修订", "修正", "经修订", "经修正"]).unwrap_or(0);
        return text.len() == 0 || ALONE.iter().any(|thing| text.one_of(of, &[thing]) == Some(text.len()));
    };
    let begin = text.one_of(begin, &["项", "两项", "三项", "批", "类", "等", "系列"]).unwrap_or(begin);
    begin == text.len() || THINGS.iter().any(|thing| text.one_of(begin, &[thing]) == Some(text.len()))
}

/// The document or the standards that are named in a stretch, the last ones: `GB/T 35273-2020《个人信息安全规范》`,
/// `《甲》等5项国家标准`.
pub fn document(s: &Sentence, range: Range<usize>) -> Option<String> {
    let text = &s.text;
    let opens =
        |at: usize| matches!(text.at(at), Some('《' | '「')) && text.bracket(at).is_some_and(|close| close - at > 3);
    let mut quoted: Vec<Range<usize>> = Vec::new();
    let mut at = range.start;
    while at < range.end {
        match opens(at).then(|| text.bracket(at)).flatten().filter(|close| *close <= range.end) {
            Some(close) => {
                quoted.push(at..close);
                at = close;
            }
            None => at += 1,
        }
    }
    let standard_at = |place: usize| {
        s.masked
            .standards
            .iter()
            .find(|standard| standard.place.contains(&place) && range.contains(&standard.place.start))
    };
    let Some(last) = quoted.last().cloned() else {
        let standard = s.masked.standards.iter().rfind(|standard| {
            range.start <= standard.place.start
                && standard.place.end <= range.end
                && !is_replaced(text, standard.place.start)
        })?;
        let (name, end) = plain_name(s, standard.place.end, range.end);
        let several = several(text, end.max(standard.place.end));
        let name = if name.is_empty() { String::new() } else { format!("《{name}》") };
        return Some(format!("{}{name}{}", standard.identifier, text.show(end.max(standard.place.end)..several)));
    };
    // Those that are told side by side belong together.
    let mut first = last.clone();
    for before in quoted.iter().rev().skip(1) {
        let joined = text.plain(before.end..first.start);
        if !matches!(joined.as_str(), "、" | "和" | "及" | "与" | "以及" | "") || last.end - before.start > LONGEST - 8
        {
            break;
        }
        first = before.clone();
    }
    let mut name = text.show(first.start..last.end);
    let mut end = last.end;
    let brackets = (text.at(end) == Some('(')).then(|| text.bracket(end)).flatten();
    let mut standard = first
        .start
        .checked_sub(1)
        .and_then(standard_at)
        .or_else(|| first.start.checked_sub(2).and_then(standard_at))
        .map(|standard| standard.identifier.clone());
    if let Some(close) = brackets {
        match s.masked.standards.iter().find(|standard| (end..close).contains(&standard.place.start)) {
            Some(inside) => standard = Some(inside.identifier.clone()),
            None if text.holds(end..close, &["稿", "草案", "试行", "暂行"]) => {
                name.push_str(&text.show(end..close))
            }
            None => {}
        }
        end = close;
    }
    if let Some(draft) =
        text.one_of(end, &["征求意见稿", "送审稿", "报批稿", "修改单", "第1号修改单", "修订草案", "英文版"])
    {
        name.push_str(&text.show(end..draft));
        end = draft;
    }
    let several = several(text, end);
    name.push_str(&text.show(end..several));
    if let Some(standard) = standard.filter(|_| first == last) {
        name = format!("{standard}{name}");
    }
    Some(name)
}

/// Whether the standard is the one that is replaced.
pub fn is_replaced(text: &Text, at: usize) -> bool {
    text.ending(at, &["代替", "替代", "代替了", "取代", "代替标准号:", "代替:", "代替 "]).is_some()
}

/// Past `等12项行业标准`.
fn several(text: &Text, at: usize) -> usize {
    let Some(begin) = text.one_of(at, &["等"]) else { return at };
    let counted = begin
        + (begin..begin + 5)
            .take_while(|at| {
                text.at(*at).is_some_and(|c| c.is_ascii_digit() || "一二三四五六七八九十百两多余".contains(c))
            })
            .count();
    let Some(unit) = text.one_of(counted, &["项", "个", "部", "份", "批"]).filter(|_| counted > begin) else {
        return at;
    };
    let end = (unit..unit + 14).find_map(|at| {
        text.one_of(at, &["国家标准样品", "标准", "规范", "规程", "文件", "规定", "办法", "制度", "指南"])
    });
    end.unwrap_or(unit)
}

/// A name without quotes behind a standard's number.
fn plain_name(s: &Sentence, at: usize, limit: usize) -> (String, usize) {
    let begin = at + usize::from(s.text.at(at) == Some(' '));
    let ends = |at: usize| {
        s.text
            .at(at)
            .is_none_or(|c| !(is_han(c) || c.is_ascii_alphanumeric() || matches!(c, '(' | ')' | '、' | ' ' | '-')))
            || s.mentions.iter().any(|mention| mention.place.start == at)
            || s.masked.standards.iter().any(|standard| standard.place.start == at)
            || s.text
                .one_of(
                    at,
                    &[
                        "等", "将", "已", "自", "于", "规定", "要求", "的", "标准", "发布", "实施", "代替", "和", "与",
                        "及", "由", "《", "中", "第",
                    ],
                )
                .is_some()
    };
    let end = (begin..limit).find(|at| ends(*at)).unwrap_or(limit);
    let name = s.text.show(begin..end);
    let is_name =
        (s.text.has_gap(begin) || begin > at) && (3..=30).contains(&name.chars().count()) && name.contains(is_han);
    if is_name { (name.trim().to_owned(), end) } else { (String::new(), at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_named_with_their_numbers() {
        for (sentence, expected) in [
            ("GB/T 35273—2020《个人信息安全规范》", "GB/T 35273-2020《个人信息安全规范》"),
            ("国家标准《电子收费》（GB/T 20851.1—2019）已发布", "GB/T 20851.1-2019《电子收费》"),
            ("现批准《甲乙丙丁》等12项行业标准", "《甲乙丙丁》等12项行业标准"),
            ("起草了《电梯管理办法（草案）》", "《电梯管理办法（草案）》"),
            ("废止YD/T 9046—2005等12项通信行业标准", "YD/T 9046-2005等12项通信行业标准"),
            ("GB/T 47330—2021 建筑用隔声门窗", "GB/T 47330-2021《建筑用隔声门窗》"),
            ("《甲规范》、《乙规范》", "《甲规范》、《乙规范》"),
        ] {
            let sentence = Sentence::new(sentence);
            assert_eq!(document(&sentence, 0..sentence.len()).as_deref(), Some(expected));
        }
    }

    #[test]
    fn names_lose_what_leads_to_them() {
        for (name, expected) in [
            ("一、关于召开2020年年会的通知", "2020年年会"),
            ("，经研究，标准审查会定于", "标准审查会"),
            ("自动化论坛", "自动化论坛"),
            ("（二）會議時間", "會議"),
            ("（草案", "草案"),
            ("在用电梯", "在用电梯"),
        ] {
            assert_eq!(tidy(name), expected);
        }
        assert!(is_pronoun("本办法") && is_pronoun("上述标准") && !is_pronoun("本溪市办法"));
    }
}

//! Where something takes place.

use std::ops::Range;

use super::sentence::Sentence;

/// Cities in one character, as headlines have them: `在京召开`.
const SHORT: &[(&str, &str)] = &[
    ("京", "北京"),
    ("沪", "上海"),
    ("津", "天津"),
    ("渝", "重庆"),
    ("穗", "广州"),
    ("深", "深圳"),
    ("杭", "杭州"),
    ("汉", "武汉"),
    ("蓉", "成都"),
    ("榕", "福州"),
    ("甬", "宁波"),
    ("邕", "南宁"),
];

words! {
    /// What stands between a place and its verb.
    ADVERBS =
        "隆重 正式 如期 成功 顺利 圆满 联合 共同 同期 同步 将 再次 首次 组织 同时 分别 以线下形式 以现场形式 \
        拉开帷幕 盛大 上"
}

words! {
    /// What is no place though 在 stands before it.
    NO_PLACES =
        "会上 之际 期间 范围 基础 方面 过程 前提 内容 网站 平台发布 全国 主持 指导 支持 框架 背景"
}

words! {
    /// Everywhere is no place.
    AREAS = "全市 全省 全区 全县 全球 各地 原址 原地 网上 当地 我国 国内"
}

/// Of what is held, told by a verb at this place: `在苏州金湖宾馆召开`, `假臺中辦公大樓舉行`, `线上举办`.
pub fn of_verb(s: &Sentence, from: usize, verb: &Range<usize>) -> String {
    let mut end = verb.start;
    while let Some(start) = s.text.ending(end, &ADVERBS).filter(|start| *start > from) {
        end = start;
    }
    let from = from.max(end.saturating_sub(60));
    let begins = (from..end).rev().filter_map(|at| {
        let word = s.text.one_of(at, &["移师", "落户", "走进", "在", "假", "于", "赴"])?;
        let is_date = s.mentions.iter().any(|mention| mention.place.start <= word && word < mention.place.end);
        let is_word = s.text.before(at).is_some_and(|c| "现存所正实关由基位处".contains(c))
            || s.text.one_of(at, &["在线", "假期", "假日", "于是", "在建", "在用", "在职"]).is_some();
        (!is_date && !is_word).then_some(word)
    });
    // The nearest that is a place: `在江西于都召开` is not held in 都.
    begins.take(3).find_map(|begin| named(s, begin..end)).unwrap_or_else(|| online(s, from..end).to_owned())
}

/// The place of this name, if it can be one.
fn named(s: &Sentence, range: Range<usize>) -> Option<String> {
    let plain = s.text.plain(range.clone());
    if let Some((_, city)) = SHORT.iter().find(|(short, _)| plain == *short) {
        return Some((*city).to_owned());
    }
    let place = clean(&s.text.show(range.clone()));
    let is_place = (2..=30).contains(&place.chars().count())
        && !AREAS.iter().any(|area| plain == *area)
        && !NO_PLACES.iter().any(|word| plain.contains(word))
        && !plain.contains(['《', ',', ';'])
        && !s.mentions.iter().any(|mention| range.contains(&mention.place.start));
    is_place.then_some(place)
}

/// `线上`, if that is told.
pub fn online(s: &Sentence, range: Range<usize>) -> &'static str {
    match () {
        () if s.text.holds(range.clone(), &["线上线下", "线上+线下", "线上与线下", "线上和线下", "线下和线上"]) => {
            "线上线下"
        }
        () if s.text.holds(
            range.clone(),
            &[
                "线上",
                "视频会议",
                "视频方式",
                "视频形式",
                "网络会议",
                "腾讯会议",
                "云端",
                "网上",
                "视讯",
                "Zoom",
                "ZOOM",
                "在线",
                "通过网络",
            ],
        ) =>
        {
            "线上"
        }
        () => "",
    }
}

/// `地点：…`, `地点为…`, `地点设在…`, in a sentence.
pub fn told(s: &Sentence) -> String {
    let labels = ["会议地点", "活动地点", "举办地点", "培训地点", "地点"];
    let Some(label) = s.text.find(0..s.len(), &labels) else { return String::new() };
    let Some(begin) = s.text.one_of(label.end, &["设在", "定在", "为", "是", "在", ":"]) else {
        return String::new();
    };
    let begin = begin + usize::from(s.text.at(begin) == Some(':'));
    let end = s.clause_end(begin, s.len());
    if s.mentions.iter().any(|mention| (begin..end).contains(&mention.place.start)) {
        return String::new();
    }
    let place = clean(&s.text.show(begin..end));
    let plain = s.text.plain(begin..end);
    match plain.contains("不变") || plain.contains("待定") || plain.contains("另行") || place.chars().count() > 40
    {
        true => String::new(),
        false => place,
    }
}

/// `地点变更为广州白云国际会议中心`
pub fn moved_to(s: &Sentence) -> Option<String> {
    let moved =
        ["地点变更为", "地点改为", "地点调整为", "地点变更到", "地点改在", "地点调整到", "地址变更为", "场地变更为"];
    let word = s.text.find(0..s.len(), &moved)?;
    let place = clean(&s.text.show(word.end..s.clause_end(word.end, s.len())));
    (2..=40).contains(&place.chars().count()).then_some(place)
}

/// The same up to a place.
pub fn at_end_of(s: &Sentence, after: usize, end: usize) -> String {
    let begin = after + usize::from(s.text.at(after).is_some_and(|c| ",、".contains(c)));
    let plain = s.text.plain(begin..end.max(begin));
    let is_name = (2..=14).contains(&plain.chars().count()) && plain.chars().all(super::script::is_han);
    if is_name && !["农历", "星期", "暂定", "含"].iter().any(|word| plain.contains(word)) {
        s.text.show(begin..end)
    } else {
        String::new()
    }
}

/// The last clause of a line, if it can only be a place: `…会议，大连。`
pub fn at_end(s: &Sentence, after: usize) -> String {
    let end =
        (0..s.len()).rev().find(|at| s.text.at(*at).is_some_and(|c| !"。;,. ".contains(c))).map_or(0, |at| at + 1);
    let begin = s.clause_start(end, after);
    let begin = match (after + 1..end).rev().find(|at| s.text.has_gap(*at)) {
        Some(gap) if gap > begin => gap,
        _ => begin,
    };
    let plain = s.text.plain(begin..end);
    let is_whole = begin > after
        && (2..=12).contains(&(end - begin))
        && plain.chars().all(super::script::is_han)
        && s.noun_in(begin..end).is_none()
        && !s.cues.iter().any(|cue| cue.place.start >= begin && cue.place.end <= end)
        && !s.mentions.iter().any(|mention| mention.place.end > begin)
        && is_place_name(&plain);
    if is_whole { s.text.show(begin..end) } else { String::new() }
}

/// Right behind the date, apart from it, up to the next mark: `10月13–17日，Sydney（hybrid）`, `3月18日　成都·新华宾馆`.
pub fn behind(s: &Sentence, past: usize) -> String {
    let begin = past + usize::from(s.text.at(past).is_some_and(|c| ",;|·・•/ ".contains(c)));
    let begin = begin + usize::from(s.text.at(begin) == Some(' '));
    if begin == past && !s.text.has_gap(past) {
        return String::new();
    }
    let is_of_place =
        |c: char| super::script::is_han(c) || c.is_ascii_alphanumeric() || matches!(c, '·' | '・' | '•' | ' ' | '、');
    let end = (begin..s.len().min(begin + 40))
        .find(|at| {
            !s.text.at(*at).is_some_and(is_of_place)
                || *at > begin + 1 && s.text.has_gap(*at) && s.mention_at(*at).is_some()
        })
        .unwrap_or(s.len());
    let is_whole = s.text.at(end).is_none_or(|c| ",。;(|".contains(c));
    let shown = s.text.show(begin..end);
    let mut parts: Vec<&str> = shown.split(['·', '・', '•']).map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.retain(|part| !matches!(*part, "中国" | "待定" | "待通知" | "地点待定"));
    let first = parts.first().copied().unwrap_or_default();
    let is_named = |part: &str| {
        let length = part.chars().count();
        let is_city = part.chars().all(super::script::is_han)
            && ((2..=4).contains(&length) && is_place_name(part)
                || length <= 16 && ends_as_place(part)
                || is_city(part));
        let is_foreign = part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.chars().all(|c| c.is_ascii_alphabetic() || c == ' ')
            && part.split(' ').count() <= 3
            && part.chars().nth(1).is_some_and(|c| c.is_ascii_lowercase());
        is_city || is_foreign
    };
    let is_place = is_whole
        && end > begin
        && parts.len() <= 3
        && parts.iter().any(|part| is_named(part))
        && first.chars().count() <= 24
        && s.noun_in(begin..end).is_none()
        && !s.cues.iter().any(|cue| cue.place.start >= begin && cue.place.end <= end)
        && !s.mentions.iter().any(|mention| (begin..end).contains(&mention.place.start));
    if is_place { clean(&parts.join("·")) } else { String::new() }
}

/// A city or a province by its name, as notices have them without 市.
pub fn is_city(name: &str) -> bool {
    words! {
        CITIES =
            "北京 上海 天津 重庆 广州 深圳 杭州 南京 苏州 成都 武汉 西安 长沙 郑州 青岛 济南 大连 沈阳 哈尔滨 长春 厦门 福州 宁波 合肥 南昌 \
            昆明 贵阳 南宁 海口 三亚 太原 石家庄 兰州 西宁 银川 呼和浩特 乌鲁木齐 拉萨 无锡 常州 扬州 珠海 佛山 东莞 温州 烟台 威海 桂林 \
            洛阳 宜昌 台北 台中 台南 高雄 新竹 香港 澳门 雄安 嘉兴 绍兴 徐州 泉州 绵阳 遵义 线上 广西 云南 新加坡 东京 首尔 日内瓦 巴黎 柏林 伦敦 悉尼"
    }
    let text = super::script::Text::new(name);
    CITIES.contains(&text.plain(0..text.len()).trim_end_matches('市'))
}

fn ends_as_place(part: &str) -> bool {
    let ends = [
        "酒店",
        "宾馆",
        "饭店",
        "大厦",
        "中心",
        "大学",
        "学院",
        "馆",
        "厅",
        "楼",
        "会议室",
        "园区",
        "广场",
        "会堂",
        "大酒店",
        "礼堂",
        "公园",
        "酒樓",
        "賓館",
        "飯店",
    ];
    ends.iter().any(|end| part.ends_with(end))
}

/// Whether a few characters are a place's: by how they end, or as short as a city.
fn is_place_name(plain: &str) -> bool {
    words! {
        ENDS_WORDS =
            "市 省 县 区 镇 酒店 宾馆 饭店 大厦 会议室 中心 大学 学院 馆 厅 楼 园 州 线上 堂 院 广场 会堂 城 港 岛 山 \
            海 京 津 连 都 安 汉 阳 沙 宁 门 明 波 台 庆 春 滨 圳 昌 肥"
    }
    let not = ["待定", "不变", "另行", "通知", "免费", "安排", "参加", "方式"];
    (plain.chars().count() <= 3 || ENDS_WORDS.iter().any(|end| plain.ends_with(end)))
        && !not.iter().any(|word| plain.contains(word))
        && ENDS_WORDS.iter().any(|end| plain.ends_with(end))
}

pub fn clean(place: &str) -> String {
    let place = place.trim_matches(|c: char| c.is_whitespace() || "，。；：、,;:.".contains(c));
    let opens = place.matches(['（', '(']).count();
    let closes = place.matches(['）', ')']).count();
    match opens == closes {
        true => place.to_owned(),
        false => place.split(['（', '(']).next().unwrap_or_default().trim_end_matches(['）', ')']).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_stands_before_its_verb() {
        for (sentence, expected) in [
            ("将于9月16日在苏州市金湖宾馆召开年会", "苏州市金湖宾馆"),
            ("訂於9月23日下午2時假臺中辦公大樓舉行", "臺中辦公大樓"),
            ("会议在京召开", "北京"),
            ("论坛将于9月5日在Ljubljana正式举行", "Ljubljana"),
            ("研讨会将于9月5日通过腾讯会议举行", "线上"),
            ("将于9月5日召开", ""),
        ] {
            let s = Sentence::new(sentence);
            let verb = s.text.find(0..s.len(), &["召开", "举行"]).unwrap();
            assert_eq!(of_verb(&s, 0, &verb), expected, "{sentence}");
        }
        let line = Sentence::new("2023年5月25日，低温阀门起草组会议，大连。");
        assert_eq!(at_end(&line, line.mentions[0].place.end), "大连");
    }
}

//! Chinese text as it is compared: one width, one script, no spaces inside of words.

use std::ops::Range;
use std::sync::LazyLock;

/// Traditional characters, each before its simplified form: those that the phrases and labels here are made of.
const SCRIPTS: &str = "會会議议發发佈布實实標标準准舉举辦办開开間间點点時时報报號号區区國国後后週周專专東东華华\
    與与業业務务員员規规範范檢检測测驗验證证認认書书見见徵征諮咨詢询訂订於于並并將将擬拟從从當当為为這这該该\
    進进運运結结論论壇坛討讨師师訓训練练覽览館馆應应須须請请擇择調调變变動动執执廢废電电話话傳传郵邮編编機机\
    構构團团體体聯联絡络處处廳厅組组織织縣县鄉乡鎮镇臺台灣湾門门廣广場场樓楼層层線线視视頻频網网訊讯聞闻記记\
    來来瀏浏擊击閱阅讀读條条則则項项類类種种總总裝装備备車车術术語语題题講讲啟启閉闭遲迟過过滿满內内屆届決决\
    審审評评聽听資资質质險险環环節节約约責责單单職职權权競竞賽赛獎奖選选給给繳缴費费註注冊册簽签錄录優优價价\
    鳥鸟貴贵賓宾說说説说雙双農农曆历陰阴陽阳禮礼儀仪廠厂產产銷销達达邊边學学協协銀银錢钱歷历長长續续緩缓終终\
    馬马麗丽維维參参營营園园醫医藥药療疗靜静顧顾問问題题辦办倫伦敦敦紐纽約约漢汉韓韩兩两個个\
    遞递補补轉转換换報报匯汇覆复復复預预計计劃划畫画擴扩齊齐齡龄據据獲获較较減减號号財财稅税貿贸戶户關关係系\
    對对導导將将軟软輔辅輪轮適适釋释鐘钟鑑鉴際际隊队階阶離离雲云響响領领願愿飛飞黨党麼么稱称課课貫贯頒颁試试\
    順顺談谈細细萬万創创饋馈圓圆慶庆臨临樣样餘余習习訪访紀纪騰腾載载歡欢誤误億亿賬账僅仅檔档儲储繼继綱纲雜杂\
    誌志們们幾几還还額额購购貼贴損损狀状慮虑穩稳眾众憲宪營营異异徑径護护氣气籤签畢毕遊游樂乐藝艺聖圣誕诞賀贺歲岁級级績绩勞劳衛卫圖图遷迁獻献統统籌筹龍龙燈灯鬧闹僑侨攝摄劇剧戲戏鐵铁陸陆濟济陳陈淨净壓压\
    擋挡堂堂歸归繕缮節节環环潔洁購购\
    觀观養养寫写聲声縮缩隨随態态掛挂綠绿紅红島岛漁渔礦矿鋪铺靈灵遠远錯错鏈链緊紧詳详誠诚謝谢譯译貨货賣卖賞赏輸输鄰邻鋼钢陣阵頁页頭头顯显風风颱台駐驻魚鱼黃黄貝贝勢势腦脑隱隐滅灭溫温漲涨濕湿強强彙汇懲惩懸悬戰战掃扫捲卷撥拨攜携敘叙敵敌數数斷断曬晒棄弃棧栈極极榮荣樁桩櫃柜殺杀沒没況况涼凉淚泪渦涡滯滞漸渐澤泽潛潜濱滨燒烧爭争牽牵獨独現现瑪玛畝亩監监盤盘確确礎础禍祸窩窝籃篮粵粤糧粮純纯紙纸紹绍絲丝經经緣缘縱纵罰罚義义膠胶興兴薦荐蘭兰蘇苏蟲虫覺觉觸触訴诉診诊詞词詩诗誼谊謂谓貧贫販贩貯贮賴赖賠赔趕赶跡迹踐践軍军軌轨輛辆遙遥邏逻針针鉛铅銅铜銜衔鋒锋鍵键鎖锁鑽钻闊阔閣阁雖虽霧雾韻韵頂顶頓顿顆颗驅驱驟骤鬆松鮮鲜鴻鸿麥麦齒齿燦灿";

/// A sentence by its characters: as they are shown and as they are compared, at the same places. White space is left
/// out where Chinese has none.
#[derive(Debug, Clone, Default)]
pub struct Text {
    shown: Vec<char>,
    plain: Vec<char>,
    /// Whether white space was left out before it.
    gap: Vec<bool>,
}

impl Text {
    pub fn new(text: &str) -> Self {
        // Chinese characters take three octets, others fewer: room for most texts at once.
        let room = text.len() / 2 + 4;
        let mut made =
            Self { shown: Vec::with_capacity(room), plain: Vec::with_capacity(room), gap: Vec::with_capacity(room) };
        let mut is_spaced = false;
        for c in text.chars() {
            if c.is_whitespace() {
                is_spaced = true;
                continue;
            }
            let is_inside = made.shown.last().is_some_and(|last| !is_wide(*last)) && !is_wide(c);
            if is_spaced && is_inside {
                made.push(' ', false);
            }
            made.push(c, is_spaced && !is_inside && !made.shown.is_empty());
            is_spaced = false;
        }
        made
    }

    fn push(&mut self, c: char, gap: bool) {
        self.shown.push(c);
        self.plain.push(plain(c));
        self.gap.push(gap);
    }

    pub fn len(&self) -> usize {
        self.plain.len()
    }

    pub fn at(&self, at: usize) -> Option<char> {
        self.plain.get(at).copied()
    }

    pub fn before(&self, at: usize) -> Option<char> {
        at.checked_sub(1).and_then(|before| self.at(before))
    }

    pub fn has_gap(&self, at: usize) -> bool {
        self.gap.get(at).copied().unwrap_or(false)
    }

    /// Whether `】` stands before a place.
    pub fn led_by_mark(&self, at: usize) -> bool {
        at.checked_sub(1).and_then(|before| self.shown.get(before)).is_some_and(|c| *c == '】')
    }

    /// Whether the phrase begins here.
    pub fn is(&self, at: usize, phrase: &str) -> bool {
        let Some(rest) = self.plain.get(at..) else { return false };
        let mut rest = rest.iter();
        phrase.chars().all(|c| rest.next() == Some(&c))
    }

    /// The end of the first of the phrases that begins here: the longest stand first.
    pub fn one_of(&self, at: usize, phrases: &[&str]) -> Option<usize> {
        // Comparing one character is quicker than comparing strings.
        let is_first = |phrase: &str| phrase.chars().next().is_some_and(|c| self.plain.get(at) == Some(&c));
        self.at(at)?;
        phrases.iter().find(|phrase| is_first(phrase) && self.is(at, phrase)).map(|phrase| at + phrase.chars().count())
    }

    /// Where the last of these begins that ends here.
    pub fn ending(&self, end: usize, phrases: &[&str]) -> Option<usize> {
        let last = self.before(end);
        phrases.iter().find_map(|phrase| {
            if phrase.chars().next_back() != last {
                return None;
            }
            let start = end.checked_sub(phrase.chars().count())?;
            self.is(start, phrase).then_some(start)
        })
    }

    pub fn find(&self, range: Range<usize>, phrases: &[&str]) -> Option<Range<usize>> {
        // Most characters begin none of them, which a few bits tell sooner than the phrases.
        let bit = |c: char| {
            let code = (u32::from(c) ^ (u32::from(c) >> 8)) & 255;
            ((code >> 6) as usize, 1u64 << (code & 63))
        };
        let mut firsts = [0u64; 4];
        for (word, mask) in phrases.iter().filter_map(|phrase| phrase.chars().next()).map(bit) {
            firsts[word] |= mask;
        }
        let stretch = self.plain.get(range.start..range.end.min(self.len()))?;
        stretch.iter().enumerate().find_map(|(n, c)| {
            let (word, mask) = bit(*c);
            let at = range.start + n;
            let end = (firsts[word] & mask != 0).then(|| self.one_of(at, phrases)).flatten()?;
            (end <= range.end).then_some(at..end)
        })
    }

    pub fn holds(&self, range: Range<usize>, phrases: &[&str]) -> bool {
        self.find(range, phrases).is_some()
    }

    /// As it is shown.
    pub fn show(&self, range: Range<usize>) -> String {
        self.shown.get(range).unwrap_or_default().iter().collect()
    }

    /// As it is compared.
    pub fn plain(&self, range: Range<usize>) -> String {
        self.plain.get(range).unwrap_or_default().iter().collect()
    }

    /// Past a bracket that opens here, if it closes within a line.
    pub fn bracket(&self, at: usize) -> Option<usize> {
        let close = match self.at(at)? {
            '(' => ')',
            '[' => ']',
            '《' => '》',
            '「' => '」',
            '『' => '』',
            '“' => '”',
            '〔' => '〕',
            '〈' => '〉',
            _ => return None,
        };
        let open = self.at(at)?;
        let mut depth = 0usize;
        for (n, c) in self.plain.get(at..)?.iter().take(LONGEST_BRACKET).enumerate() {
            match *c {
                c if c == open => depth += 1,
                c if c == close && depth == 1 => return Some(at + n + 1),
                c if c == close => depth -= 1,
                _ => {}
            }
        }
        None
    }
}

const LONGEST_BRACKET: usize = 90;

/// The character that it is compared as.
fn plain(c: char) -> char {
    match c {
        '\0'..='\x7f' => c,
        '\u{ff01}'..='\u{ff5d}' if c != '－' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '－' | '﹣' | '─' | '━' => '-',
        '～' | '〜' | '∼' | '˜' => '~',
        '○' | '◯' | 'Ｏ' => '〇',
        '∶' | '﹕' => ':',
        // `【会议时间】` is a label.
        '】' => ':',
        '【' => '|',
        '﹝' => '〔',
        '﹞' => '〕',
        _ => simplified(c),
    }
}

fn simplified(c: char) -> char {
    static TABLE: LazyLock<Dictionary<char>> = LazyLock::new(|| {
        let chars: Vec<char> = SCRIPTS.chars().collect();
        Dictionary::new(chars.chunks_exact(2).map(|pair| (pair[0].to_string(), pair[1])))
    });
    TABLE.beginning_with(c).first().map_or(c, |(_, simple)| *simple)
}

/// Phrases by the character that they begin with, in the order given.
pub struct Dictionary<T> {
    /// By the character's code, the number of its list; the first list is empty.
    index: Vec<u16>,
    lists: Vec<Vec<(String, T)>>,
}

impl<T> Dictionary<T> {
    pub fn new(phrases: impl IntoIterator<Item = (String, T)>) -> Self {
        let mut made = Self { index: vec![0; 1 << 16], lists: vec![Vec::new()] };
        for (phrase, value) in phrases {
            let Some(place) = phrase.chars().next().and_then(|first| made.index.get_mut(first as usize)) else {
                continue;
            };
            if *place == 0 {
                *place = made.lists.len() as u16;
                made.lists.push(Vec::new());
            }
            if let Some(list) = made.lists.get_mut(usize::from(*place)) {
                list.push((phrase, value));
            }
        }
        made
    }

    pub fn beginning_with(&self, first: char) -> &[(String, T)] {
        let list = self.index.get(first as usize).copied().unwrap_or(0);
        self.lists.get(usize::from(list)).map_or(&[], Vec::as_slice)
    }

    /// The first that begins here, and where it ends.
    pub fn at(&self, text: &Text, at: usize) -> Option<(usize, &T)> {
        let list = self.beginning_with(text.at(at)?);
        list.iter().find(|(phrase, _)| text.is(at, phrase)).map(|(phrase, value)| (at + phrase.chars().count(), value))
    }
}

pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

/// Characters that are set without spaces about them.
fn is_wide(c: char) -> bool {
    is_han(c) || matches!(c, '\u{3001}'..='\u{303f}' | '\u{ff01}'..='\u{ff60}' | '○' | '“' | '”' | '—' | '…')
}

/// Whether it is read as Chinese: Han characters in number, and no kana, which would make it Japanese.
pub fn is_chinese(text: &str) -> bool {
    let (mut han, mut words, mut kana, mut in_word) = (0usize, 0usize, 0usize, false);
    for c in text.chars() {
        han += usize::from(is_han(c));
        kana += usize::from(matches!(c, '\u{3041}'..='\u{30ff}'));
        let is_letter = c.is_alphabetic() && !is_han(c);
        words += usize::from(is_letter && !in_word);
        in_word = is_letter;
    }
    // A word of letters weighs as much as one or two characters.
    han >= 2 && kana * 8 < han && han >= words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_width_one_script_and_no_spaces() {
        let text = Text::new("將於 ２０２６ 年 ９ 月 在臺北舉行；GB/T 35273—2020");
        assert_eq!(text.plain(0..text.len()), "将于2026年9月在台北举行;GB/T 35273-2020");
        assert_eq!(text.show(0..2), "將於");
        assert_eq!(SCRIPTS.chars().count() % 2, 0);
    }

    #[test]
    fn chinese_is_told_from_english_and_japanese() {
        for (text, expected) in [
            ("2020年10月1日起实施", true),
            ("ISO/TC 351 Plenary Meeting定于9月12日在Ljubljana召开", true),
            ("The committee (全国标准化) met on 5 May in Beijing.", false),
            ("標準化フォーラムは10月1日に開催されます", false),
            ("10 May 2021", false),
            ("2020-10-01", false),
        ] {
            assert_eq!(is_chinese(text), expected, "{text}");
        }
    }
}

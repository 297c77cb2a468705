//! What is due, by the words that ask for it.

use std::ops::Range;

use crate::chinese::naming::{tidy, width};
use crate::chinese::script::Text;
use crate::chinese::sentence::Sentence;

/// Whether the words name those who are asked, not what is due: `各有关单位请于…`.
pub fn is_addressee(text: &Text) -> bool {
    words! {
        ENDS_WORDS =
            "单位 代表 人员 委员 各方 公众 者 企业 会员 专家 部门 机构 学员 各界 个人 协会 学会 委员会 局 者可 社会 \
            人士 院 公司 同志 作者 用户 市民 秘书处 办公室 联系人 邮箱 工作组 执委会 组委会"
    }
    let end = text.ending(text.len(), &["可以", "可", "应当", "应"]).unwrap_or(text.len());
    text.ending(end, &ENDS_WORDS).is_some()
}

/// What is to be done, by its noun: `将参会回执发至秘书处` is 参会回执提交.
pub fn act(s: &Sentence, range: Range<usize>) -> String {
    let text = &s.text;
    words! {
        SENDS_WORDS =
            "反馈 报送 提交 上传 发送 寄送 递交 交回 发至 发到 发往 发给 发回 报至 报到 报给 报我 报秘 交至 交到 交给 \
            寄至 寄到 寄往 寄给 寄回 送至 送到 送达 送交 送抵 呈交 交予 传至 邮寄 邮至 返回 回复 以 通过"
    }
    if let Some(object) = text.find(range.clone(), &["将", "把"])
        && let Some(verb) = (object.end + 1..range.end).find_map(|at| text.one_of(at, &SENDS_WORDS).map(|end| at..end))
    {
        let what = tidy(&text.show(object.end..verb.start));
        let word = text.plain(verb.clone());
        let how = match word.as_str() {
            "反馈" | "报送" | "提交" | "上传" | "递交" => text.show(verb),
            "以" if text.holds(verb.end..range.end, &["反馈"]) => "反馈".to_owned(),
            _ => "提交".to_owned(),
        };
        return format!("{what}{how}");
    }
    // `将回执交班主任`
    if let Some(object) = text.find(range.clone(), &["将", "把"]) {
        let near = object.end..range.end.min(object.end + 12);
        if let Some(what) = text.find(
            near.clone(),
            &["回执", "材料", "报名表", "申请表", "申请书", "作业", "稿件", "问卷", "承诺书", "同意书"],
        ) && text.holds(what.end..range.end.min(what.end + 4), &["交", "送", "发", "寄", "投"])
        {
            return format!("{}提交", tidy(&text.show(object.end..what.end)));
        }
    }
    words! {
        VERBS_WORDS =
            "公开征求意见 征求意见 公开征集 征集 征求 扫码 订房 退房 换证 备案 自查 整改 下载 上传 领取 续费 交费 归还 提交 反馈 报送 递交 提出 缴纳 填写 填报 办理 完成 报名 注册 \
            补缴 补交 缴清 缴交 补正 补件 补办 续缴 缴款 送交 送件 检送 提送 \
            申报 申请 投稿 返回 回复 缴费 预订 登记 投票 领取 上报 推荐 受理 接受 公示 参加 报告 寄回 寄送 陈述 提供"
    }
    let Some(verb) = text.find(range.clone(), &VERBS_WORDS) else { return String::new() };
    let word = text.plain(verb.clone());
    let object_end = text
        .find(verb.end..range.end, &["至", "到", "给", "发往", "(", "的通知", "并", "后"])
        .map_or(range.end, |word| word.start)
        .min(verb.end + 24);
    let object = tidy(&text.show(verb.end..object_end));
    let shown = text.show(verb.clone());
    let object = object.trim_start_matches("是否").to_owned();
    match word.as_str() {
        "接受" | "受理"
            if ["申报", "报名", "申请", "投稿", "注册", "申報", "報名", "申請"]
                .iter()
                .any(|act| object.ends_with(act)) =>
        {
            object
        }
        // To whom, says nothing of what.
        _ if is_addressee(&Text::new(&object)) && !object.is_empty() => shown,
        "缴交" | "送交" | "检送" | "提送" | "补缴" | "补交" | "提交" | "反馈" | "报送" | "递交" | "填写" | "填报"
        | "缴纳" | "返回" | "回复" | "上报" | "寄送" | "提出" | "提供"
            if !object.is_empty() && width(&object) <= 12 && !object.contains(['至', '到']) =>
        {
            format!("{object}{shown}")
        }
        "公开征集" | "征集" | "征求" | "接受" | "受理" if !object.is_empty() => {
            format!("{object}{}", shown.trim_start_matches("公开").trim_start_matches("公開"))
        }
        "公开征求意见" | "征求意见" => shown.trim_start_matches("公开").trim_start_matches("公開").to_owned(),
        "完成" | "提出" | "办理" | "参加" if !object.is_empty() => object,
        // The thing stands before: `意见建议以书面形式反馈`.
        _ if object.is_empty() || width(&object) > 12 => {
            format!("{}{shown}", matter(text, range.start..verb.start))
        }
        _ => format!("{shown}{object}"),
    }
}

/// What is handed in, where it stands before the verb; last of all anywhere in the sentence before: `年度会费未缴者请于…补缴`.
fn matter(text: &Text, range: Range<usize>) -> String {
    words! {
        MATTERS = "意见 建议 材料 回执 论文 摘要 申报书 申请书 会费 年费 学费 费用 保证金 押金 名单 报名表 作业 报告 稿件 问卷 作品"
    }
    let nearest = || (0..range.start).rev().find_map(|at| text.one_of(at, &MATTERS).map(|end| at..end));
    let before = text.find(range.clone(), &MATTERS).or_else(nearest);
    before.map_or(String::new(), |noun| text.show(noun))
}

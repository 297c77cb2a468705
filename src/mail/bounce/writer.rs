//! Who wrote a message that came back. Words count only if a server wrote them: people and the programs that answer for
//! them write of mail that was not delivered, too.

use super::part;
use crate::domain::text::fold_case;
use crate::intake::mime::{Fields, Part, decode_words};

/// Whether a server wrote it. `sender` is the envelope sender where it is known, empty if there was none. That alone is
/// no sign: automatic replies have none either (RFC 3834 section 3.3).
pub fn is_server(header: &Fields, parts: &[Part], sender: Option<&str>) -> bool {
    let is_daemon = is_daemon(header);
    // A receipt tells that a person's program got it (RFC 8098).
    if part(parts, &["message/disposition-notification"]).is_some() || answers_for_a_person(header, is_daemon) {
        return false;
    }
    let is_report = part(parts, &["message/delivery-status", "message/global-delivery-status"]).is_some();
    if is_report || is_daemon || header.first("X-Failed-Recipients").is_some() {
        return true;
    }
    sender.is_some_and(is_nobody) && !is_an_answer(header)
}

/// No envelope sender (RFC 5321 section 4.5.5), or what a mail server puts into its place.
fn is_nobody(sender: &str) -> bool {
    let sender = sender.trim().trim_matches(['<', '>']);
    sender.is_empty() || DAEMONS.iter().any(|daemon| fold_case(sender).starts_with(daemon))
}

/// Whether it is marked as what a program sent by itself, or as a list's.
pub fn is_automatic(header: &Fields) -> bool {
    let mut bulk = ["Precedence", "X-Precedence"].iter().filter_map(|name| header.first(name)).map(fold_case);
    let is_bulk = |value: String| ["bulk", "junk", "list", "auto"].iter().any(|word| value.trim().starts_with(word));
    is_marked_automatic(header)
        || REPLY_FIELDS.iter().any(|name| header.first(name).is_some())
        || header.names().any(|name| name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("list-")))
        || bulk.any(is_bulk)
        || is_daemon(header)
}

fn is_daemon(header: &Fields) -> bool {
    let from = fold_case(&decode_words(header.first("From").unwrap_or_default()));
    from.contains("<>") || DAEMONS.iter().chain(DAEMONS_NAMES).any(|daemon| from.contains(daemon))
}

/// Marks of replies that a program sends for somebody. Servers mark their own reports as automatic too (Exim even as
/// `auto-replied`), so those two fields say nothing of what a daemon wrote.
fn answers_for_a_person(header: &Fields, is_daemon: bool) -> bool {
    let precedence = ["Precedence", "X-Precedence"].iter().filter_map(|name| header.first(name));
    REPLY_FIELDS.iter().any(|name| header.first(name).is_some())
        || precedence.map(fold_case).any(|value| value.starts_with("auto_reply") || value.starts_with("auto-reply"))
        || is_automatic_subject(header, is_daemon)
        || (!is_daemon && header.first("X-Failed-Recipients").is_none() && is_marked_automatic(header))
}

/// RFC 3834 section 5, and Microsoft's.
fn is_marked_automatic(header: &Fields) -> bool {
    let automatic = header.first("Auto-Submitted").map(fold_case);
    let first_word = |value: &str| value.split(|c: char| !c.is_alphanumeric() && c != '-').next() != Some("no");
    automatic.as_deref().is_some_and(first_word) || header.first("X-Auto-Response-Suppress").is_some()
}

/// An answer to a mail of ours, or something that a list sent on. No report of a server looks so.
fn is_an_answer(header: &Fields) -> bool {
    let bulk = header.first("Precedence").map(fold_case);
    ["In-Reply-To", "References", "List-Id", "List-Unsubscribe"].iter().any(|name| header.first(name).is_some())
        || bulk.is_some_and(|value| matches!(value.as_str(), "bulk" | "junk" | "list"))
        || subject(header).1
}

/// The subject in small letters, without the marks of an answer, and whether it had some.
fn subject(header: &Fields) -> (String, bool) {
    let whole = fold_case(&decode_words(header.first("Subject").unwrap_or_default())).replace('：', ":");
    let mut rest = whole.trim();
    let mut is_answer = false;
    while let Some((mark, behind)) = rest.split_once(':') {
        // `Re[2]:`
        let mark = mark.split('[').next().unwrap_or_default().trim();
        if !ANSWERS.contains(&mark) {
            break;
        }
        (rest, is_answer) = (behind.trim_start(), true);
    }
    (rest.to_owned(), is_answer)
}

/// In a subject that a daemon wrote, such words may be those of the mail that came back: there they stand first.
fn is_automatic_subject(header: &Fields, is_daemon: bool) -> bool {
    let (subject, _) = subject(header);
    AUTOMATIC.iter().any(|words| if is_daemon { subject.starts_with(words) } else { subject.contains(words) })
        || AWAY.iter().any(|words| subject.starts_with(words))
}

const DAEMONS: &[&str] =
    &["mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster", "mdaemon", "microsoftexchange"];
const DAEMONS_NAMES: &[&str] = &[
    "mail delivery",
    "delivery subsystem",
    "delivery system",
    "mail administrator",
    "mail system",
    "system administrator",
    "系统退信",
];

const REPLY_FIELDS: &[&str] = &[
    "X-Autoreply",
    "X-Autoreply-From",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Mail-Autoreply",
    "X-Vacation",
    "X-MS-Exchange-Inbox-Rules-Loop",
];

/// What stands before the subject of an answer: "Re", and how others write it.
const ANSWERS: &[&str] = &[
    "re",
    "aw",
    "antw",
    "antwort",
    "sv",
    "vs",
    "vá",
    "odp",
    "res",
    "rif",
    "r",
    "rv",
    "ynt",
    "ответ",
    "回复",
    "答复",
    "回覆",
    "答覆",
    "返信",
    "답장",
    "回信",
];

/// How Exchange, Gmail, Notes and others head an automatic reply, in their languages.
const AUTOMATIC: &[&str] = &[
    // English
    "automatic reply",
    "automatic response",
    "automated reply",
    "automated response",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponse",
    "autoresponder",
    "out of office",
    "out-of-office",
    "out of the office",
    "away from the office",
    "away from my mail",
    "vacation reply",
    "on vacation",
    // German
    "automatische antwort",
    "automatische rückantwort",
    "abwesenheitsnotiz",
    "abwesenheitsnachricht",
    "abwesenheitsmeldung",
    "nicht im büro",
    "außer haus",
    "ausser haus",
    // French
    "réponse automatique",
    "absence du bureau",
    "absent du bureau",
    "absente du bureau",
    "message d'absence",
    "avis d'absence",
    // Spanish
    "respuesta automática",
    "fuera de la oficina",
    "fuera de oficina",
    "ausente de la oficina",
    // Italian
    "risposta automatica",
    "fuori ufficio",
    "fuori sede",
    "assente dall'ufficio",
    // Portuguese, Galician, Catalan
    "resposta automática",
    "resposta automàtica",
    "fora do escritório",
    "ausência temporária",
    "fora de l'oficina",
    // Dutch
    "automatisch antwoord",
    "automatische reactie",
    "niet aanwezig",
    "niet op kantoor",
    "afwezigheidsbericht",
    // Swedish, Danish, Norwegian
    "automatiskt svar",
    "automatisk svar",
    "autosvar",
    "frånvaromeddelande",
    "ikke til stede",
    "ikke på kontoret",
    "fraværsmelding",
    // Finnish, Estonian, Hungarian
    "automaattinen vastaus",
    "poissaoloilmoitus",
    "automaatvastus",
    "automaatne vastus",
    "automatikus válasz",
    "házon kívül",
    // Polish, Czech, Slovak
    "automatyczna odpowiedź",
    "odpowiedź automatyczna",
    "poza biurem",
    "automatická odpověď",
    "automatická odpoveď",
    "mimo kancelář",
    // Slovene, Croatian, Serbian, Romanian
    "samodejni odgovor",
    "automatski odgovor",
    "аутоматски одговор",
    "răspuns automat",
    // Lithuanian, Latvian
    "automatinis atsakymas",
    "automātiska atbilde",
    // Russian, Ukrainian, Bulgarian
    "автоматический ответ",
    "автоответ",
    "нет на рабочем месте",
    "нет на работе",
    "вне офиса",
    "автоматична відповідь",
    "автоматичен отговор",
    // Greek, Turkish
    "αυτόματη απάντηση",
    "εκτός γραφείου",
    "otomatik yanıt",
    "otomatik cevap",
    "ofis dışında",
    // Chinese
    "自动回复",
    "自動回覆",
    "自動回復",
    "自动答复",
    "自動答覆",
    "自动应答",
    "不在办公室",
    "不在辦公室",
    "外出通知",
    "休假通知",
    // Japanese, Korean
    "自動応答",
    "自動返信",
    "不在通知",
    "不在のお知らせ",
    "オフィスにいません",
    "자동 회신",
    "자동 응답",
    "자동회신",
    "부재 중",
    "부재중",
    // Arabic, Hebrew, Persian
    "رد تلقائي",
    "الرد التلقائي",
    "מענה אוטומטי",
    "תשובה אוטומטית",
    "מחוץ למשרד",
    "پاسخ خودکار",
    // Vietnamese, Thai, Indonesian, Malay, Hindi
    "trả lời tự động",
    "ตอบกลับอัตโนมัติ",
    "balasan otomatis",
    "balasan automatik",
    "स्वचालित उत्तर",
];

/// Such words only at the beginning: in the middle they may be a mail's own.
const AWAY: &[&str] = &[
    "auto:",
    "vacation",
    "i am away",
    "i'm away",
    "on leave",
    "abwesen",
    "absence",
    "absent",
    "je suis absent",
    "ausente",
    "ausencia",
    "ausência",
    "assente",
    "assenza",
    "afwezig",
    "frånvar",
    "fravær",
    "poissa",
    "nieobecn",
    "nepřítom",
    "neprítom",
    "urlaub",
    "отпуск",
    "外出",
    "不在",
    "休假",
    "我不在",
    "출장",
    "휴가",
];

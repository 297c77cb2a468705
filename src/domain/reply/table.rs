//! The table: what codes and words say a refusal is about. Words are written as [`super::read`] leaves them: in small
//! letters, without marks, addresses as `@` and IP addresses as `ip`; a `*` at the end stands for any ending.

use std::ops::RangeInclusive;

use super::{About, HARD, PASSING};
use crate::domain::status::Status;

pub struct ReplyRule {
    pub about: About,
    /// Enhanced codes (RFC 3463) of class 4 or 5, by subject and detail.
    pub codes: &'static [(u16, RangeInclusive<u16>)],
    /// Reply codes (RFC 5321 section 4.2.3).
    pub numbers: &'static [u16],
    /// Between semicolons.
    pub words: &'static str,
}

impl ReplyRule {
    pub fn has_status(&self, status: Status) -> bool {
        matches!(status.class, 4 | 5)
            && self
                .codes
                .iter()
                .any(|(subject, details)| *subject == status.subject && details.contains(&status.detail))
    }
}

const fn words(about: About, words: &'static str) -> ReplyRule {
    ReplyRule { about, codes: &[], numbers: &[], words }
}

/// Wordings that have one meaning, whatever code stands beside them. The first that is found counts.
pub const FIRST_HAND: &[ReplyRule] = &[
    // The mailbox gets too much mail just now (Gmail says 5.2.1 of it, M365 5.2.121), or is held back.
    words(
        PASSING,
        "receiving mail at a rate; receiving mail too quickly; receiving messages too quickly; \
         recipient's per hour message receive limit; maximum number of messages per hour; \
         mailbox is on hold; mailbox on hold; account is on hold; account on hold; user is on hold; \
         too many messages for this user; too many messages for this recipient; \
         too many messages for this mailbox",
    ),
    // M365 (5.4.1) and QQ of mailboxes that they do not have, or that are closed to us: nobody can tell which.
    words(PASSING, "recipient address rejected access denied; mailbox unavailable or access denied"),
    // Our sender address, or its domain: SPF, DMARC, callouts, and servers that want to answer to it.
    words(
        About::Us,
        "sender verif*; sender address; sender's address; address of the sender; address of sender; \
         domain of sender; domain of the sender; sender domain; sender's domain; sender host; sender ip; \
         sender rejected; sender was rejected; sender refused; sender denied; sender blocked; \
         sender is blocked; sender is not; sender not; sender id; sender policy; sender reputation; \
         sender is unauthenticated; sender unauthenticated; unauthenticated sender; unverified sender; \
         bad sender; bad outbound sender; invalid sender; unknown sender; sender unknown; banned sender; \
         malformed sender; unsolicited sender; verification failed for; callout verification; \
         envelope sender; envelope from; envelope from address; mail from address; mail from domain; \
         mail from command; after mail from; from address; from domain; from header domain; return path; \
         reverse path; null sender; 发件人*; 发信人*; 寄件人*; 寄件者*",
    ),
    // Our host: its name, its address, its HELO and what DNS says of them.
    words(
        About::Us,
        "helo; ehlo; lhlo; ptr; rdns; reverse dns; reverse hostname; reverse host name; reverse lookup; \
         reverse record; reverse resolution; reverse ip; client host; client ip; client address; \
         client hostname; find your hostname; connecting host; connecting ip; sending host; sending ip; \
         sending server; sending mail server; sending domain; fully qualified; local user only; local users only; bounce attack*; your host*; your ip*; \
         your server*; your smtp server; your mail server*; your mailserver*; your network; \
         your domain*; your dns*; your isp; your name; your machine; your client; 反向解析*; 逆引き*",
    ),
    // A relay that will not carry for us.
    words(
        About::Us,
        "relay access; relay denied; relay not permitted; relay not allowed; relay is not; \
         relay prohibited; relaying; unable to relay; cannot relay; can't relay; not permitted to relay; \
         not allowed to relay; refused to relay; does not relay; do not relay; don't relay; no relay; \
         open relay; rcpthosts; 不允许转发; 禁止转发; 拒绝转发",
    ),
    // Our account at the relay, or that we have none: log in, pay, verify a domain, ask support.
    words(
        About::Us,
        "your account; your user; your login; your plan; your subscription; your smtp account; \
         your email account; your e mail account; your mailbox; your email address; your e mail address; \
         your address; verify it first; verify your*; verify the domain; verify this domain; \
         domain not verified; domain is not verified; address is not verified; address not verified; \
         identities failed the check; unregistered domain; not registered with us; register it*; \
         register your*; authentication required; authentication is required; authentication failed; \
         authentication unsuccessful; authentication credentials; must authenticate; \
         must issue a starttls; not authenticated; client was not authenticated; \
         requires authentication; without authentication; smtp auth*; must be authenticated; \
         please authenticate; please log in; log in first; login first; login failed; login fail; \
         bad credentials; invalid credentials; username and password; permission to send; \
         permissions to send; not allowed to send; not permitted to send; not authorized to send; \
         not authorised to send; you are not; you're not; you have no; you do not have; no permission; register first; \
         unpaid; insufficient credit*; no credits; out of credits; 认证*; 未授权*",
    ),
    // What our account, our address or our domain may send in a time.
    words(
        About::Us,
        "sending quota; sending limit*; sending rate; send quota; send rate; message rate; user sending; \
         daily limit; daily quota; hourly limit; hourly quota; monthly limit; monthly quota; \
         daily sending*; frequency limited; rate limit*; rate limited; ratelimit*; throttl*; \
         too many connections; too many concurrent*; too many messages from*; too many mails from*; \
         too many emails from*; too many messages in*; too many messages sent; too much mail from; 频率*",
    ),
    // A server that makes strangers wait.
    words(About::Us, "greylist*; graylist*; grey list*; gray list*; 灰名单*"),
];

/// Codes, and words that stand in many replies: the codes say more, and the mildest of the words counts.
pub const RULES: &[ReplyRule] = &[
    // Nobody has this address, or it has moved: RFC 3463 section 3.2. 5.1.2 and 5.1.10 (RFC 7505) are its domain, that is
    // not there or takes no mail. The words are below, since they need somebody beside them.
    ReplyRule { about: HARD, codes: &[(1, 1..=4), (1, 6..=6), (1, 10..=10)], numbers: &[], words: "" },
    // The mailbox is disabled: RFC 3463 section 3.3.
    ReplyRule { about: HARD, codes: &[(2, 1..=1)], numbers: &[], words: "" },
    // The mailbox is full, or out of use for a time.
    ReplyRule {
        about: PASSING,
        codes: &[(2, 2..=2), (2, 4..=4), (2, 121..=122)],
        numbers: &[],
        words: "quota; overquota; full; over limit; storage; out of space; disk space; exceed*; too much mail; \
         mailbox unavailable; mailbox busy; mailbox locked; is locked; temporar*; suspend*; hold; held; \
         too quickly; rate; 已满*; 空间不足; 容量*; 暂时*; voll; überfüllt; lleno; llena; pleine; pieno; piena; cheia; \
         переполнен*",
    },
    // The recipient's system, or the way to it: section 3.4 and 3.5.
    ReplyRule {
        about: PASSING,
        codes: &[(3, 1..=2), (4, 1..=999)],
        numbers: &[],
        words: "try again; try later; retry later; try it later; please retry; resend; time out; timed out; \
         timeout; too many hops; loop; loops; looping; too many recipients; 稍后*; 稍候*",
    },
    // This message: too large, malformed, or for what is in it (sections 3.3, 3.4, 3.7).
    ReplyRule {
        about: About::Message,
        codes: &[(2, 3..=3), (3, 3..=4), (6, 0..=999)],
        numbers: &[],
        words: "too large; too big; message size; size limit for; maximum size; exceeded mailsize; message length; \
         fixed limit; virus; malware; infected; attachment*; potential security issue; illegal attachment; \
         mail content denied; malformed message; message is malformed; no date header; header syntax",
    },
    // Our sender address: 5.1.7 its form, 5.1.8 its domain; RFC 7505 has 5.7.27 beside them.
    ReplyRule { about: About::Us, codes: &[(1, 7..=8)], numbers: &[], words: "" },
    // The order or form of what we said, and what the server can't do for us: RFC 3463 section 3.6. 5.5.0 is "other or
    // undefined": Outlook.com says it of mailboxes.
    ReplyRule {
        about: About::Us,
        codes: &[(5, 1..=999), (3, 5..=5)],
        numbers: &[421, 454, 500, 502, 503, 504, 530, 534, 535, 538, 555],
        words: "bad sequence; command rejected; unrecognized command; protocol error",
    },
    // Policy, whatever it is: section 3.8.
    ReplyRule {
        about: About::Us,
        codes: &[(7, 0..=999)],
        numbers: &[],
        words: "spam*; unsolicited; junk; bulk; policy; policies; blocked; block list; blocklist*; blacklist*; \
         black list; denylist*; blocking; banned; dnsbl; rbl; reputation; listed by; listed at; listed on; \
         denied; prohibited; prohibition; forbidden; not authorized; not authorised; unauthorized; \
         unauthenticated; not allowed; not permitted; dmarc; dkim; spf; arc; relay; open resolver; too many; \
         complaints; suspicious; 垃圾邮件*; 黑名单*; 策略*; 拒信*",
    },
    // An account that somebody should ask support about is ours: a reader's server would not tell us to.
    words(
        About::Us,
        "contact support; contact our support; contact customer*; contact billing; contact sales; \
         contact your provider; contact your service provider; contact your internet service provider; \
         contact technical support; 联系客服*",
    ),
];

/// What says that nobody is there, and of whom in the same words.
pub const NOBODY: &str = "user unknown; unknown user; unknown users; user not known; user not found; user was not found; \
         user cannot be found; no such user; no such recipient; no such mailbox; no such address; \
         no such person; no such local user; no such virtual user; no such email address; \
         no such e mail address; no mailbox here; no mailbox by that name; no user by that name; \
         not our customer; not a known user; unknown recipient; unknown recipients; recipient unknown; \
         recipient is unknown; recipient not found; recipnotfound; exrecipnotfound; recipientnotfound; \
         unknown mailbox; mailbox unknown; mailbox not found; mailbox was not found; invalid mailbox; \
         not a valid mailbox; not a valid user; not a valid recipient; invalid recipient; \
         invalid recipients; invalid user; user invalid; invalid final delivery userid; unknown address; \
         address unknown; addressee unknown; addressee not found; address not found; user address not found; \
         bad destination mailbox address; bad destination email address; unknown local part; \
         unknown local user; user unknown in; unknown or illegal; illegal user; illegal alias; \
         name is not recognized; user doesn't have; user does not have; \
         account that you tried to reach does not exist; account that you tried to reach is disabled; \
         account that you tried to reach is inactive; account has been disabled or discontinued; \
         non existent account; due to inactivity; null mx; 用户不存在; 该用户不存在; 用户未找到; 用户名不存在; 无此用户; 没有此用户; 查无此人; \
         收件人不存在; 收件人地址不存在; 收件人邮箱不存在; 收件人邮件地址不存在; 收件地址不存在; 收信人不存在; 邮箱不存在; 邮件地址不存在; 邮箱地址不存在; 信箱不存在; 使用者不存在; \
         無此使用者; ユーザーが存在しません; ユーザが存在しません; ユーザーが見つかりません; 宛先が存在しません; 宛先不明; メールボックスが存在しません; アドレスが存在しません; \
         アドレスが見つかりません; 사용자를 찾을 수 없; usuario desconocido; usuario no existe; destinatario desconocido; \
         buzón no existe; usuário desconhecido; destinatário desconhecido; utilisateur inconnu; \
         destinataire inconnu; adresse inconnue; boîte inexistante; empfänger unbekannt; \
         unbekannter empfänger; benutzer unbekannt; unbekannter benutzer; utente sconosciuto; \
         destinatario sconosciuto; casella inesistente; onbekende gebruiker; gebruiker onbekend; \
         nieznany użytkownik; пользователь не найден; пользователь не существует; нет такого пользователя; \
         почтовый ящик не существует";

/// What says that something is not there. Of whom, a word of [`SOMEBODY`] beside it tells.
pub const NOT_THERE: &str = "does not exist; doesn't exist; do not exist; did not exist; not exist; no longer exists; \
         nonexistent; non existent; not found; not be found; can't find; cannot find; couldn't be found; \
         can't be found; not listed in; is unknown; is invalid; not valid; no longer valid; \
         no longer available; no longer active; no longer in use; is inactive; is disabled; been disabled; \
         account disabled; mailbox disabled; user disabled; been closed; been deactivated; is deactivated; \
         been deleted; been terminated; is terminated; been discontinued; doesn't have a; no such account; \
         no such domain; unknown domain; unknown host; host unknown; bad name; 不存在";

pub const SOMEBODY: &str = "@; user; users; user's; userid; username; mailbox; mailboxes; inbox; recipient; recipients; \
         recipient's; addressee; address; e mail account; email account; mail account; tried to reach; \
         alias; person; employee; local part; 收件";

/// What speaks of us where it stands beside such words: then they are about our host or account, not about a reader.
pub const US: &str = "your; you're; host; hosts; hostname; host name; helo; ehlo; ptr; dns; rdns; a record; mx record; \
         reverse; sender; senders; sender's; sending; ip; ipv4; ipv6; client; network; relay; envelope; \
         mail from; from address; return path; login; credentials; password; authentication; verify; \
         verified; contact support; 您的*; 你的*; 发件*; 域名*";

/// What a name is, where nobody is named whose it could be.
pub const NAMES: &str = "domain; domains; name; record; records; zone";

/// What is said to us and not about us: it is passed over.
pub const NEUTRAL: &str = "your message; your messages; your mail to; your mail was; your mail could; your mail has; \
         your email to; your email was; your email could; your email has; your e mail to; your e mail was; \
         your e mail could; your e mail has; your recipient; your recipient's; your recipients; \
         your contact; your address book; your letter; your request; your spelling; return to sender; \
         returned to sender; returned to the sender; this host; that host; this server; this domain; \
         that domain; 您的邮件; 你的邮件; 您的信件";

use super::*;
use crate::domain::bounce::Class;
use proptest::prelude::*;

#[track_caller]
fn check(expected: About, replies: &[&str]) {
    let wrong: Vec<_> =
        replies.iter().map(|reply| (judge(None, reply), reply)).filter(|(about, _)| *about != expected).collect();
    assert!(wrong.is_empty(), "{wrong:#?} should be {expected:?}");
}

#[test]
fn a_reply_that_says_nobody_is_there_is_hard() {
    check(
        HARD,
        &[
            "550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown in local recipient table",
            "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the \
             recipient's email address for typos or unnecessary spaces. https://support.example.com/?p=NoSuchUser",
            "553 5.3.0 <ada@example.org>... No such user here",
            "550 No such user",
            "550 No Such User Here",
            "550 5.2.1 The email account that you tried to reach is inactive",
            "550-5.2.1 The email account that you tried to reach is disabled.",
            "550 5.1.1 User unknown (smtp-antispam.example.org)",
            "556 5.1.10 Recipient address has null MX",
            "Sorry, no mailbox here by that name. (#5.1.1)",
            "550 sorry, no mailbox here by that name",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
            "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found",
            "550 User not found: ada@example.org",
            "550 Mailbox not found. http://service.example.com/cgi-bin/help?subtype=1&&id=20022&&no=1000728",
            "550 The recipient may contain a non-existent account, please check the recipient address.",
            "550 5.1.1 收件人不存在",
            "550 用户不存在",
            "550 您的邮件未能送达，该收件人不存在。",
            "550 ユーザーが存在しません",
            "550 5.1.1 Buzón desconocido",
            "550 usuario desconocido",
            "550 Empfänger unbekannt",
            "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR204_416",
            "550 User ada (ada@example.org) not listed in Domino Directory",
            "554 delivery error: dd This user doesn't have a example.com account (ada@example.com) [0]",
            "554 delivery error: dd This account has been disabled or discontinued [#102].",
            "552 1 Requested mail action aborted, mailbox not found",
            "550 5.1.1 Not our Customer",
            "550 5.2.1 This mailbox has been blocked due to inactivity",
            "550 ada@example.org does not exist",
            "550 This mailbox does not exist on this server",
            "550 The recipient's mailbox has been disabled.",
            "550 Invalid Recipient: ada@example.org",
            "550 5.1.2 Host unknown (Name server: gone.example: host not found)",
            "550 5.1.2 <ada@gone.example>: Recipient address rejected: Domain not found",
            "501 5.1.3 Bad recipient address syntax",
            "host mx.example.net[192.0.2.1] said: 550 No such user (in reply to RCPT TO command)",
            "SMTP error from remote mail server after RCPT TO:<ada@example.org>: host mx.example.org [192.0.2.1]: 550 \
             unknown user",
            "Your message to ada@example.org could not be delivered: user unknown",
        ],
    );
}

#[test]
fn what_passes_is_soft() {
    check(
        PASSING,
        &[
            "452 4.2.2 Over quota",
            "552 5.2.2 mailbox full",
            "552-5.2.2 The email account that you tried to reach is over quota.",
            "550 Mailbox is full / Blocks limit exceeded / Inode limit exceeded",
            "550 5.1.1 Mailbox over quota",
            "550 用户邮箱已满",
            "552 boîte pleine",
            "450 4.1.1 <ada@example.org>: Recipient address rejected: User unknown, try again",
            "450 4.1.1 <ada@example.org>: Recipient address rejected: unverified address: connection timed out",
            "550-5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages \
             from being delivered. 550 5.2.1 https://support.example.com/mail/?p=ReceivingRatePerm",
            "450-4.2.1 The user you are trying to contact is receiving mail too quickly.",
            "550 5.2.1 Mail to this user arrives too quickly, wait",
            "550 5.2.1 Mailbox is on hold",
            "550 5.2.1 mailbox temporarily disabled",
            "550 5.2.121 RESOLVER.RST; recipient's per hour message receive limit exceeded",
            "550 5.4.1 Recipient address rejected: Access denied. [mx.example.com]",
            "550 Mailbox unavailable or access denied",
            "550 Requested action not taken: mailbox unavailable",
            "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)",
            "554 5.4.14 Hop count exceeded",
            "554 5.4.6 Too many hops",
            "550 4.4.7 QUEUE.Expired; message expired",
            "5.4.4 Host or domain name not found. Name service error for name=gone.example type=MX: Host not found",
            "450 4.4.316 Connection refused",
            "451 4.3.0 <ada@example.org>: Temporary lookup failure",
            "451 Temporary local problem - please try later",
            "450 Requested mail action not taken: mailbox unavailable",
            "451 5.1.1 user unknown",
        ],
    );
}

#[test]
fn a_no_without_a_reason_is_soft_and_final() {
    check(
        UNCLEAR,
        &[
            "550",
            "550 No",
            "571 refused",
            "599 never",
            "550 Message refused",
            "554 delivery error",
            "550 Unrouteable address",
            "550 Account disabled",
            "550 对不起",
            "",
            "???",
        ],
    );
    assert_eq!((Class::of(UNCLEAR), UNCLEAR.counts()), (Class::Soft, true));
    // For now is for now.
    check(PASSING, &["450", "450 No", "471 refused"]);
}

#[test]
fn what_a_server_says_of_us_is_about_us() {
    check(
        About::Us,
        &[
            "550 Rejected: the reverse DNS record of your host 192.0.2.1 does not exist",
            "550 The name in your HELO does not exist",
            "550 192.0.2.1 is not listed in DNS",
            "550 [192.0.2.1] not found, no user is taken from there without a PTR",
            "550 The address 2001:db8::1 does not exist in DNS",
            "550 Your account has been disabled, contact support",
            "550 Account has been disabled. Please contact support",
            "550 5.2.1 The account is disabled, contact support",
            "550 no such domain in our system, verify it first",
            "550 no such domain in our system",
            "550 unknown domain, register it first",
            "550 unknown host [192.0.2.1]",
            "550 you are not listed in our users",
            "550 account not found, register first",
            "550 User has no permission",
            "550 Suspected bounce attacks",
            "553 The sender's mailbox does not exist",
            "550 The client name does not exist",
            "550 No such user: authentication required",
            "550 5.1.8 <news@example.org>: Domain of sender address news@example.org does not exist",
            "450 4.1.8 <news@example.org>: Sender address rejected: Domain not found",
            "550 5.1.8 Access denied, bad outbound sender",
            "550 5.1.7 Invalid address",
            "550 Sender verify failed: no such user",
            "550-Verification failed for <news@example.org> 550-No Such User Here 550 Sender verify failed",
            "511 sorry, can't find a valid MX for sender domain (#5.1.1 - chkuser)",
            "Connected to 192.0.2.1 but sender was rejected. Remote host said: 550 no such user",
            "SMTP error from remote mail server after MAIL FROM:<news@example.org> SIZE=9: 550 user unknown",
            "550 5.1.1 unknown user (in reply to MAIL FROM command)",
            "504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname",
            "450 4.7.1 <vm>: Helo command rejected: Host not found",
            "501 Syntactically invalid HELO argument(s)",
            "450 4.7.25 Client host rejected: cannot find your reverse hostname, [192.0.2.1]",
            "550 5.7.25 The IP address sending this message does not have a PTR record setup",
            "554-mx.example.com (mxgmx110) ESMTP Service not available 554-No SMTP service 554-Bad DNS PTR resource record.",
            "554 5.7.1 <ada@example.org>: Relay access denied",
            "550 5.7.1 Unable to relay",
            "550 relay not permitted",
            "553 sorry, that domain isn't in my list of allowed rcpthosts",
            "550-Please turn on SMTP Authentication in your mail client. 550 mx.example.net [192.0.2.1] is not permitted to \
             relay through this server without authentication.",
            "530-5.7.0 Authentication Required",
            "535 Login Fail. Please enter your authorization code to login",
            "530 Must issue a STARTTLS command first",
            "503 RCPT out of order",
            "503 5.5.1 need MAIL first",
            "502 command not implemented",
            "571 Delivery not authorized, message refused",
            "571 ada@example.org prohibited. no user unknown here",
            "550 5.7.1 No such user!",
            "550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; \
             https://www.spamhaus.org/query/ip/192.0.2.1",
            "550 192.0.2.1 listed at zen.spamhaus.org",
            "550 5.7.606 Access denied, banned sending IP [192.0.2.1]",
            "550-5.7.26 This mail has been blocked because the sender is unauthenticated. DKIM = did not pass",
            "550-5.7.1 [192.0.2.1 12] Our system has detected that this message is likely unsolicited mail.",
            "550 5.7.509 Access denied, sending domain example.org does not pass DMARC verification",
            "550 SPF check failed",
            "550 Ip frequency limited",
            "550 Domain frequency limited",
            "550 发件人邮箱不存在",
            "550 您的域名不存在",
            "554 IP<192.0.2.1> in blacklist",
            "550 5.4.5 Daily user sending limit exceeded.",
            "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints",
            "421 try again later",
            "450 4.2.0 <ada@example.org>: Recipient address rejected: Greylisted, see http://example.net/",
            "given up after four days: 451 greylisted, no such user yet",
            "454 4.7.0 TLS not available",
            "451 4.3.5 Server configuration error",
            "550 5.1.1 rejected by our spam policy",
            "550 5.7.13 User account disabled",
            "554 Message rejected: Email address is not verified. The following identities failed the check",
        ],
    );
}

#[test]
fn what_is_wrong_with_one_message_is_about_it() {
    check(
        About::Message,
        &[
            "552 5.3.4 Message size exceeds fixed limit",
            "552 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient",
            "554 5.6.0 Mail message is malformed. Not accepted",
            "552-5.7.0 This message was blocked because its content presents a potential security issue.",
            "554 message contains a virus",
            "550 Mail content denied",
        ],
    );
}

#[test]
fn a_number_is_a_reply_code_only_where_one_can_stand() {
    let dead = "550 5.1.1 unknown user";
    for text in [
        "<room-404@example.net>: Sorry, no mailbox here by that name. (#5.1.1)",
        "<room-450@example.net>: Sorry, no mailbox here by that name. (#5.1.1)",
        "unknown user: \"abt-410\"",
        "unknown user: \"450\"",
        "unknown user: 450",
        "host 450-mx.example.net said: 550 5.1.1 who?",
        "450-mx.example.net said: 550 No such user",
        "550 5.1.1 No such user; call 030 450 123",
        "No such user here. Phone: 450 123 456",
        "No such user here. Phone: 450-123-456",
        "No such user in building 452",
        "unknown user ada.450@example.net",
        "user unknown (2001:db8::450)",
        "5.1.1 unknown user 421",
        dead,
    ] {
        assert_eq!(judge(None, text), HARD, "{text}");
    }
    for text in [
        "450 who?",
        "host mx.example.net said: 450 no such user",
        "smtp;450 no such user",
        "smtp; 450 no such user",
        "SMTP error: 452 no such user",
        "错误信息:450 no such user",
        "<<< 450 no such user",
        "the server answered: \"450 no such user\"",
        "450-no such user 450 yet",
    ] {
        assert_eq!(judge(None, text), PASSING, "{text}");
    }
}

#[test]
fn the_milder_of_two_codes_counts_unless_one_is_vague() {
    for (code, text, expected) in [
        ("5.1.1", "550 5.7.1 blocked", About::Us),
        ("5.7.1", "550 5.1.1 user unknown", About::Us),
        ("5.1.1", "552 5.2.2 over quota", PASSING),
        ("5.1.1", "450 wait", PASSING),
        ("4.1.1", "550 5.1.1 user unknown", PASSING),
        ("5.0.0", "550 5.1.1 who?", HARD),
        ("5.0.0", "550 who?", UNCLEAR),
        ("5.0.0", "550 user unknown", HARD),
        ("5.5.0", "550 user unknown", PASSING),
        ("5.5.0", "550 no", About::Us),
        ("5.5.4", "550 user unknown", About::Us),
        ("5.1.1", "", HARD),
        ("5.1.1", "X-Postfix; unknown user: \"abt-410\"", HARD),
        ("4.4.7", "", PASSING),
        ("5.2.1", "550-5.2.1 The user you are trying to contact is receiving mail at a rate", PASSING),
    ] {
        assert_eq!(judge(Status::find(code), text), expected, "{code} {text}");
    }
}

#[test]
fn what_is_about_us_does_not_count() {
    assert!(!About::Us.counts() && !About::Message.counts() && PASSING.counts() && HARD.counts());
    assert_eq!((Class::of(About::Us), Class::of(PASSING), Class::of(HARD)), (Class::Soft, Class::Soft, Class::Hard));
}

proptest! {
    #[test]
    fn any_text_is_judged(text in "((4|5)[0-9]{2}[ -]?|5\\.[0-7]\\.[0-9] |said: ?|smtp;|user unknown|your |[\\[\\]()<>@.:;\"#]|\\PC){0,40}") {
        let about = judge(None, &text);
        // Nothing that a server writes before its words makes it worse.
        prop_assert!(about.severity() <= 3);
        let _ = (status(&text), judge(Status::find("5.1.1"), &text));
    }
}

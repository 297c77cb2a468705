# What readers see, in English. A file of this folder is a language: to add one, copy this file, name it by its tag
# (RFC 5646, such as fr or zh-Hant) and translate what stands after each "=". Nothing else is to be done; the tests say
# what was forgotten. How these files are written: projectfluent.org.

language = English

## Dates

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday

date = { $day } { $month } { $year }
date-and-weekday = { $weekday } { $day } { $month } { $year }
date-of-year = { $day } { $month }
days-of-month = { $first }–{ $day } { $month } { $year }
days-of-year = { $first } { $first-month } – { $day } { $month } { $year }
months-of-year = { $first-month }–{ $month } { $year }
month-and-year = { $month } { $year }
quarter = Q{ $quarter } { $year }
quarters-of-year = Q{ $first }–Q{ $quarter } { $year }
year = { $year }
years = { $first }–{ $year }
range = { $start } – { $end }
at-time = { $date }, { $time }
at-time-in-zone = { $date }, { $time } ({ $zone })
# In mails, on the reader's clock; in brackets what clocks show where the event is.
your-time = { $when } your time
your-time-and-there = { $when } your time ({ $then } { $there })
time-here-and-there = { $when } { $here } ({ $then } { $there })

days-ahead = { $days ->
    [0] today
    [1] tomorrow
   *[other] in { $days } days
}
days-ago = { $days ->
    [1] yesterday
   *[other] { $days } days ago
}
now = Now
in-month = in { $when }

list-comma = {", "}
list-end = {" and "}
clauses = { $first }, { $second }

## How an event repeats: "every week on Tuesday, until 31 December 2020"

every-day = { $n ->
    [1] every day
    [2] every second day
   *[other] every { $n } days
}
every-week = { $n ->
    [1] every week
    [2] every second week
   *[other] every { $n } weeks
}
every-month = { $n ->
    [1] every month
    [2] every second month
   *[other] every { $n } months
}
every-year = { $n ->
    [1] every year
    [2] every second year
   *[other] every { $n } years
}
repeat-on = { $every } on { $on }
repeat-on-the = { $every } on the { $on }
repeat-in = { $every } in { $months }
repeat-times = { $n ->
    [1] { $every }, 1 time
   *[other] { $every }, { $n } times
}
repeat-until = { $every }, until { $date }
repeat-by-rule = by the rule { $rule }
repeat-on-dates = on single dates
repeat-also = { $every }, and on { $dates }
repeat-but = { $every }, but not on { $dates }
day-of-month = day { $day }
last-day = last day
nth-weekday = { $n ->
    [-1] last { $weekday }
    [1] first { $weekday }
    [2] second { $weekday }
    [3] third { $weekday }
    [4] fourth { $weekday }
   *[other] fifth { $weekday }
}

## Kinds of events, and how they stand

kind-meeting = Meeting
kind-forum = Forum
kind-release = Release
kind-effective-date = Takes effect
kind-deadline = Deadline
kind-other = Event
# As one of a list, where it is what is none of the others.
kind-other-of-list = Other

tentative = tentative
cancelled = cancelled
cancelled-because = Cancelled: { $reason }

## What stands around every page

site-skip = Skip to the dates
site-follow = Follow
site-skip-follow = Skip to following the calendar
site-nav = Site
site-dates = Dates
site-calendar = Calendar
site-by-mail = By mail
site-language = Language
site-kept-with = { $site } is kept with kalends.
demo-title = This is a demo.
demo-page = Its clock shows { $today }, its mail goes into files, and none of it is meant to last.
# Between two sentences
sentence-space = {" "}
# The title of a newsletter in a sentence
newsletter = “{ $title }”

## Searching

search = Search
search-label = Search the dates
search-example = GB/T 35273, smart city, Beijing …
search-kind = Kind
search-all-kinds = All kinds
search-clear = Show all
search-best = Best matches
search-meant = Did you mean
search-topics = There are dates about:
chips = What narrows this list
chip-away = (take away)
chip-from = from { $day }
chip-to = until { $day }
chip-precise = the day is known

## The first page

home-coming-up = Coming up
home-filtered = Dates you asked for
home-as-month = As a month
home-none = Nothing is coming up yet.
home-none-matches = Nothing that is still to come matches.
home-later = Later dates
home-expected = Expected
home-expected-aside = the day is not known yet
home-past = Past
home-just-past = Just past
home-by-mail = What is coming up, what takes effect and what changed, as a digest.
topics = Topics
topics-all = All topics
topics-none = No date has a topic yet.
standards = Standards
standards-none = No date names a standard yet.
subject-topic = Topic
subject-standard = Standard
subject-kind = Kind
subject-none = Nothing of this is to come.
subject-follow = Just this, kept up to date in your own calendar.
subject-mail = Mail about this
subject-life = Its dates on a line of time
subject-edition = Edition
subject-what = What
subject-replaced = replaced by { $edition }
subject-others = Other lists
follow-all = All dates in your own calendar, kept up to date.
follow-filtered = Just what you asked for here, kept up to date in your own calendar.
follow-address = Address of the calendar
follow-copy = Copy
follow-copied = Copied
follow-embed = Show these on another site
follow-embed-line = A line of HTML for that site
follow-programs = Apple, Outlook, Thunderbird
follow-more = Google, Outlook.com, phone …
follow-large = This calendar holds more dates than some programs take: Google shows about { $most } of them and says nothing of the rest. The calendar of a topic is smaller:
follow-long = Google takes no address as long as this one. Fewer filters make it shorter.
follow-whole = With all that is long over:
follow-feeds = For feed readers
follow-embed-what = The dates to come, in the colours of the reader’s own machine. Paste this line into the page.
follow-embed-height = And this one, if the frame should be as high as what it shows:
way-apple = iPhone, iPad and Mac: choose “Subscribe”. From then on the calendar brings changes by itself, as often as its settings say.
way-google = Google asks whether to add it. It then shows on the phone, too, and looks for changes some times a day.
way-outlook = Outlook on a computer, and Thunderbird: it opens and asks. It looks again every few hours.
way-outlook-com = Outlook on the web asks for a name and imports it; changes come within a day. At work or school:
way-others = Any other
way-code = Point your phone’s camera here to follow on the phone.
follow-others = In other programs choose “subscribe from URL” and paste the address.

## A month

month-nav = Months
month-this = This month
month-as-list = As a list
month-none = Nothing is known of this month.
month-none-matches = Nothing in this month matches.
# Of a week by ISO 8601; a language whose people do not count weeks says nothing in the first
month-week-number = { $number }
month-week = Week { $number }
month-more = +{ $count } more
month-clock = Times are those of { $zone }.

## The page of an event

event-when = When
event-repeats = Repeats
event-next = Next
event-where = Where
event-organizer = Organizer
event-standards = { $count ->
    [1] Standard
   *[other] Standards
}
event-topics = Topics
event-more = More
event-join = Join online
event-add = Add to my calendar
event-file = Calendar file (.ics)
event-copy-link = Copy link
event-own-time = In your time:
event-last = Last
event-changes = What changed
turn-moved = { $day }: moved from { $before } to { $when }
turn-exact = { $day }: the date was set, { $when } (so far: { $before })
turn-relocated = { $day }: another place (it was to be in { $before })
turn-placed = { $day }: the place was set
turn-cancelled = { $day }: cancelled
turn-reinstated = { $day }: on again
event-instead-of = instead of { $when }

## Articles

article = Article
article-source = Source
article-events = What it is about
articles-all = All articles
articles-none = There are no articles yet.
articles-none-matches = No article matches.
articles-earlier = Earlier articles
as-feed = As a feed

## Calendars and feeds

feed-cancelled = [Cancelled] { $title }
feed-expected = { $title } ({ $when })
feed-organizer = Organizer: { $organizer }
feed-standards = Standards: { $standards }

## Subscribing

subscribe-title = Get it by mail
subscribe-no-newsletter = There is no newsletter here yet, but you can follow the calendar.
subscribe-email = Your email address
subscribe-leave-empty = Leave this empty
newsletters = Newsletters
only-topics = Only these topics
only-kinds = Only these kinds
none-is-all = (none chosen: all)
subscribe-language = Language of the mails
subscribe-button = Subscribe
subscribe-hint = A mail asks you to confirm. Each edition has a link with which you leave with one click.
subscribe-none-chosen = Choose at least one newsletter.
subscribe-asked = Look into your mailbox
subscribe-asked-text = If { $address } can get mail and is not on the list yet, a message is on its way to it. Open the link in it within { $hours } hours to confirm; without that, nothing more is sent. Who gets the mails already finds in each a link to change what comes.
confirm = Confirm your subscription
confirm-what = One more click, and you get { $digests }.
confirm-yes = Yes, I want it
confirm-done = Thank you
confirm-done-text = From now on you get { $digests }. Each mail has a link with which you change that or leave.
confirm-calendar = Follow a calendar of what I chose
confirm-next = The next edition comes on { $day }.
confirm-last = Read the last one, of { $day }
confirm-used = This link was used
confirm-used-text = You said yes with this link before and have left since. To come back, please subscribe once more.
confirm-expired = This link was valid for { $hours } hours. Please subscribe once more to get a new one.
calendar-is-yours = The address is yours alone: whoever has it sees what you follow.
link-bad = That link does not work
link-unknown = This link is not one of ours, or was cut off on its way.
link-ended = This link is no longer valid. Please take the one in the newest mail that you got from us.

## The archive

archive = Archive
correction-of = Correction of { $day }
mail-correction-subject = Correction: { $digest }, no. { $number }
mail-correction-about = This is about the edition that went to you as “{ $subject }”.
mail-correction-read = Read the edition with its correction
archive-number = No. { $number }
archive-none = No edition has been sent yet.
archive-earlier = Earlier editions

## Leaving

unsubscribe-all = Unsubscribe from everything
unsubscribe-what = { $address } gets { $digests }. One click ends that.
unsubscribe-done = You are unsubscribed
unsubscribe-back = Choose again what I get
unsubscribe-back-why = It was a mistake, or less would be enough? You can choose newsletters and topics anew.
unsubscribe-done-text = No further edition comes to you. A mail that was already on its way may still arrive.

## The page of a reader's choices

preferences = What you get
preferences-mail-to = Mail to
preferences-no-newsletter = There is none now.
preferences-pending = Waits for you to confirm it, by the link in a mail or here.
preferences-bounced = Nothing is sent to you for now, because mail to your address came back.
preferences-complained = Nothing is sent to you, because our mail was reported to your provider as unwanted.
preferences-withheld = Nothing is sent to you, because we were asked not to.
preferences-come-back = To get it again, subscribe and confirm once more:
preferences-zone = Your time zone
preferences-hour = The hour at which it comes
preferences-as-newsletter = The newsletter’s own
preferences-as-site = The site’s own
preferences-save = Save
preferences-saved = Saved.
preferences-joined = From now on you get { $digests }.
preferences-no-longer = You no longer get { $digests }.
preferences-unchanged = Nothing was changed.
preferences-leave = Leave
preferences-left = You get nothing any more. A mail that was already on its way may still arrive.
preferences-calendar = Your own calendar
preferences-calendar-what = A calendar that follows what you chose above, for your calendar program.
preferences-calendar-make = Make one
preferences-calendar-follows = It follows what you chose above.
preferences-calendar-renew = Give it a new address
preferences-calendar-renewed = Your calendar has a new address. One that it had before leads nowhere now.
preferences-calendar-revoke = Take it back
preferences-calendar-revoked = Your calendar is gone, and its address leads nowhere.
preferences-data = Your data
preferences-data-what = All that is kept of you: what you agreed to and when, what you chose, which mails went to you.
preferences-export = Download it
preferences-forget = Delete it …
preferences-calendar-and-data = Your calendar and your data
preferences-link = Mail me a link
preferences-link-why = To see the address of your own calendar, to download what is kept of you or to have it deleted, you need a link that is mailed to you now: the one that brought you here stands in mails that you may have passed on.
preferences-link-first = For that, please ask for a link first: see below.
preferences-link-mailed = A link is on its way to { $address }. It works for { $minutes } minutes.
preferences-too-many-links = No more links can be mailed for now. Please look into your mailbox, or try again in a few hours.
preferences-expired = This link was valid for { $minutes } minutes. The link “Change what you get” in each mail leads to a page where you can ask for a new one.
preferences-nobody = Nobody is here
preferences-nobody-text = Nothing is kept of the reader whom this link was for. To get mail, please subscribe once more.
preferences-no-action = Nothing was asked for.
forget = Delete all that is kept of you?
forget-what = You get no more mail, your own calendar ends, and your address is erased wherever it stands. This can’t be undone.
forget-yes = Yes, delete it all
forget-no = No, go back
forget-done = You are forgotten
forget-done-text = All that was kept of you is erased. What is left is a fingerprint that your address can’t be read from; it keeps others from putting you on the list again. You yourself can come back at any time.
forget-editor = You are one of those who write here, and what they did is kept under their name. Ask the office to take you off the editors first; then you can be forgotten.

## What goes wrong

error-not-found = Not found
error-no-such-page = There is no such page here.
error-gone = Gone
error-given-up = This address was given up and leads nowhere any more.
error-taken-back = This picture was taken back.
error-wrong = That can’t be
error-unreadable = The request can’t be read.
error-method = This page can’t be asked for in that way.
error-too-large = Too much
error-too-large-text = That is more than is taken here.
error-busy = Please try again
error-busy-text = It should work again in a moment.
error-internal = Something went wrong
error-internal-text = It is our fault and has been noted. Please try again in a while.
wrong-date = `{ $given }` is not a date: write 2020-10-01, 2020-10-01 09:30, 2020-10, 2020-Q4 or 2020
wrong-refused = that can't be: { $said }
wrong-host = the request does not say once which site it is for
query-too-long = `{ $given }` has more than { $most } characters: ask with fewer
query-too-many-words = `{ $given }` has more than { $most } different words: ask with fewer
query-too-often = `{ $given }` is asked for more than { $most } times: ask for fewer
query-too-much = `{ $given }` and all else that is asked for have more than { $most } characters together: ask for less
wrong-order = the last day asked for lies before the first
wrong-kind = `{ $given }` is not a kind of event: use one of { $known }
wrong-topic = `{ $given }` is no topic here any more: choose others, or none for all
wrong-zone = `{ $given }` is not a time zone: use a name such as Asia/Shanghai
wrong-hour = `{ $given }` is not an hour of the day: write 0 (midnight) to 23
wrong-language = `{ $given }` is not a language that there is here: use one of { $known }
wrong-action = `{ $given }` is not one of the buttons of this page
wrong-email = `{ $given }` is not an email address: write one such as ada@example.org
wrong-email-lines = `{ $given }` holds a line break or another control character: an address is one line, such as ada@example.org
wrong-email-here = no mail goes to `{ $given }` from here: write an address of a mailbox such as ada@example.org

## Mails that are of no edition

mail-confirm-subject = Please confirm your subscription to { $site }
mail-confirm-title = Please confirm
mail-confirm-asked = Somebody, probably you, asked to get { $digests } from { $site } at this address.
mail-confirm-how = The button opens a page where you say yes. It works for { $hours } hours.
mail-confirm-how-in-text = To say yes, open this page within { $hours } hours:
mail-confirm-else = If you did not ask for this, do nothing: without your yes no further mail comes.
mail-link-known = Somebody, probably you, subscribed this address once more. It gets what was asked for already, so nothing was changed. This link leads to all that is yours here: what you get, your own calendar, and what is kept of you.
mail-link-subject = Your link to { $site }
mail-link-title = Your link
mail-link-asked = Somebody, probably you, asked for a link to all that is yours here: what you get, your own calendar, and what is kept of you.
mail-link-open = Open my page
mail-link-how = It works for { $minutes } minutes. Do not pass it on: whoever has it can do all that you can.
mail-link-else = If you did not ask for this, do nothing: nothing changes.

## What stands in every mail

demo-mail = This is a demo: it was written to a file and sent to nobody.

## Editions

section-first = In focus
section-changes = What changed
section-effective = Takes effect
section-deadlines = Deadlines
section-upcoming = Coming up
section-ahead = Further ahead
section-in-effect = Now in effect
section-released = Just released
section-held = Just held
section-articles = Articles

this-week = This week
next-week = Next week

badge-new = New
badge-moved = Moved
badge-relocated = New place
badge-relinked = New link
badge-exact = Date set
badge-placed = Place set
badge-linked = Online too
badge-confirmed = Confirmed
badge-updated = Updated
badge-rescheduled = New dates
badge-cancelled = Cancelled
badge-reinstated = On again
moved-from = was { $before }
exact-from = so far: { $before }
had-been-tentative = had been tentative
retitled-from = was called “{ $before }”
relocated-from = was to be in { $before }
join-new = The link to join is a new one
join-gone = The link to join is gone
had-been-cancelled = had been cancelled

read-on = Read on
picture = [Picture: { $alt }]
and-more = and { $n } more on the site
nothing-to-tell = Nothing is coming up and nothing changed.

## Their subjects: "GB/T 35273-2020 takes effect Thursday, and 6 more dates"

subject-effective = { $title } takes effect { $when }
# Where the title says it: "GB/T 35273-2020 takes effect Thursday"
subject-said = { $title } { $when }
subject-in-effect = { $title } has taken effect
subject-deadline = Deadline { $when }: { $title }
subject-moved = Moved to { $when }: { $title }
subject-until = { $title }, until { $when }
subject-marked = { $mark }: { $title }
subject-more-dates = { $n ->
    [one] and one more date
   *[other] and { $n } more dates
}
subject-more-articles = { $n ->
    [one] and one more article
   *[other] and { $n } more articles
}

in-browser = Read in the browser
all-dates = All dates
follow-calendar = Follow the calendar
all-editions = All editions
welcome = Welcome to { $digest }. This is its newest edition, as things are today; from the next one on you get what is new.
why-this-mail = You get this mail because you subscribed to “{ $digest }” of { $site }.
change-what-you-get = Change what you get
unsubscribe = Unsubscribe
archived-edition = An edition of “{ $digest }” of { $site }, as it was sent.
subscribe-by-mail = Subscribe by mail
add-to-calendar = Add to calendar
give-feedback = Tell us what you think

## What chats are told

hook-added = New: { $title }, { $when }
hook-moved = Moved to { $when }: { $title }, was { $before }
hook-relocated = Now in { $place }: { $title }, { $when }, was to be in { $before }
hook-relinked = New link to join: { $title }, { $when }
hook-rescheduled = New dates: { $title }, { $when }
hook-reinstated = On again: { $title }, { $when }
hook-edited = Changed: { $title }, { $when }
hook-cancelled = Cancelled: { $title }, { $when }
hook-cancelled-because = Cancelled: { $title }, { $when }: { $reason }
hook-many = { $count } dates are new or changed, the first of them:
hook-edition-made = Edition { $number } of { $newsletter } is made for { $readers ->
        [one] one reader
       *[other] { $readers } readers
    }.
hook-edition-sent = Edition { $number } of { $newsletter } has gone out: { $sent } sent, { $failed } failed.
hook-deliveries-failed = { $count ->
        [one] One mail
       *[other] { $count } mails
    } of edition { $edition } could not be delivered.
hook-mails-failed = { $count ->
        [one] One mail
       *[other] { $count } mails
    } could not be delivered.
hook-confirmed = { $count ->
        [one] A reader
       *[other] { $count } readers
    } subscribed to { $newsletters }.
hook-left = { $count ->
        [one] A reader
       *[other] { $count } readers
    } left { $newsletters }.
hook-source-failing = The source { $source } could not be read for a day.
hook-relay-stopped = The mail relay { $relay } refuses everybody: mail waits.
hook-test = A test: what happens at { $site } is told here.

## The answer to an editor who forwarded a mail

mail-forwarded-title = What came of your mail
mail-forwarded-drafts = { $count ->
    [one] One draft was made of it. Nobody sees it until it is published:
   *[other] { $count } drafts were made of it. Nobody sees them until they are published:
}
mail-forwarded-revised = { $count ->
    [one] A draft that was here is otherwise now:
   *[other] { $count } drafts that were here are otherwise now:
}
mail-forwarded-otherwise = { $count ->
    [one] The file has this event otherwise than it stands here. It stays as it is; change it if the file is right:
   *[other] The file has these { $count } events otherwise than they stand here. They stay as they are; change them if the file is right:
}
mail-forwarded-known = { $count ->
    [one] One date is known already.
   *[other] { $count } dates are known already.
}
mail-forwarded-more = { $count ->
    [one] And one more.
   *[other] And { $count } more.
}
mail-forwarded-moves = another date for event { $id }, which moves when this is published
mail-forwarded-guessed = year assumed
mail-forwarded-nothing = No dated events were found in it.
mail-forwarded-none = No drafts were made of it.
mail-forwarded-foreign = It seems to be neither in English nor in Chinese, and no dates in figures were found in it.
mail-forwarded-unread = Not all of it could be read:
mail-forwarded-last = This is the last of { $count } answers today. What you forward until tomorrow is taken without one.

approve-title = { $digest }, { $when }
approve-what = This is what the edition of { $when } tells as things stand. Once you approve it, it goes out at its time; dates that change until then are in it, too.
approve-subject = Subject:
approve-look = Look at it and approve
approve-yes = Approve
approve-yours = This link is yours alone and works once. Whoever approves first has approved for all.
approve-done = Approved
approve-goes-then = Thank you. The edition goes out at its time.
approve-goes-now = Thank you. The edition goes out now.
approve-used = This link was used: the edition is approved.
approve-left = This link was for somebody who is no editor any more.
approve-changed = What editors say in this edition was changed since this link was sent. A newer mail has a link to it as it is now.
approve-approved = This edition is approved already, by { $who }.
approve-made = This edition is made already: { $edition }.
approve-over = Its time is over. A later edition has taken its place, and tells what it would have told.
mail-approve-subject = To approve: { $subject }
mail-approve-asked = { $digest } of { $when } goes out once somebody has approved it. This is what it tells as things stand; dates that change until then are in it, too.
mail-approve-anew = What editors say in { $digest } of { $when } was changed since it was last shown to you, so it is to be approved anew.
mail-approve-late = { $digest } of { $when } has not gone out, since nobody has approved it. It goes as soon as somebody does. If its next moment comes first, that edition tells all of this.
mail-approved-changed = { $digest } of { $when }: changed since you approved it
approved-changed-how = It went out with what has changed since:
approved-added = Added: { $what }
approved-changed = Now: { $now }. It was: { $before }
approved-gone = Not in it any more: { $what }

## The desk: what editors and operators see

desk = Desk
desk-today = Today
desk-to-desk = To the desk
desk-to-site = The site that readers see
desk-sign-out = Sign out
desk-signed-out = You are signed out.
desk-sign-in = Sign in to the desk
desk-sign-in-email = Your email address
desk-sign-in-button = Mail me a link
desk-sign-in-hint = There is no password: the link comes by mail, and works once.
desk-sign-in-wrong = “{ $given }” is no email address: write one such as ada@example.org.
desk-sign-in-sent = Look into your mailbox
desk-sign-in-sent-text = If { $address } is an editor's address here, a link is on its way to it. It works for { $minutes } minutes, and a newer one ends it. Nothing came? Whoever runs this site can print a link.
desk-sign-in-kept = Your session had ended. What you typed is kept: it is there when you have signed in.
desk-sign-in-as = You sign in as { $address }.
desk-sign-in-go = Sign in
desk-sign-in-other-browser = This link was asked for in another browser. If that was not you, close this page: somebody may want you to open it for them.
desk-link-unknown = This link was cut off, or is none of ours.
desk-link-used = This link was used already: each works once.
desk-link-expired = This link has had its { $minutes } minutes, or a newer one took its place.
desk-link-left = This address is no editor's any more.
desk-link-another = Ask for another link
mail-sign-in-subject = Sign in to { $site }
mail-sign-in-title = Sign in
mail-sign-in-asked = Somebody, probably you, wants to sign in to the desk with this address.
mail-sign-in-open = Sign in
mail-sign-in-how = It works once, for { $minutes } minutes. Do not pass it on: whoever has it is you at the desk.
mail-signed-in-subject = A new sign-in at { $site }
mail-signed-in-title = A new sign-in
mail-signed-in = Somebody signed in to the desk of { $site } with a link that was sent to this address: { $when }.
mail-signed-in-browser = The browser calls itself: { $browser }
mail-signed-in-unknown = nothing at all
mail-signed-in-else = Was it you? Then there is nothing to do. If it was not, tell whoever runs the site: an operator can end the session at once.
desk-error-no-such-page = There is no such page at the desk, or what it showed is gone.
desk-error-not-yours = Not for this role
desk-error-not-yours-text = This is for operators. Whoever runs the site can make you one.
desk-error-forged = This form could not be taken
desk-error-forged-text = It was not made for your session, or came from another site. Go back, load the page again, and send it once more.
desk-error-too-large-text = More was sent than any form here needs.
desk-refused = { $code ->
   *[other] { $said }
}
desk-needs = Needs a hand
desk-goes-out-next = What goes out next
desk-next = { $when }, to { $readers ->
    [0] no reader yet
    [1] one reader
   *[other] { $readers } readers
}{ $count ->
    [0] .
    [1] , in { $languages }.
   *[other] , in { $languages }.
}
desk-next-paused = It is paused: nothing goes out until it goes on.
desk-next-never = Its schedule has no moment ahead.
desk-next-to-approve = It waits until somebody has approved it.
desk-subject = Subject: { $subject }
desk-and-more = and { $count } more
desk-no-digest = No newsletter is configured.
desk-changes = What was changed last
desk-no-changes = Nothing was changed yet.
desk-changed = { $title }: { $action }
desk-drafts-waiting = { $count ->
    [1] One draft waits for somebody to look at it.
   *[other] { $count } drafts wait for somebody to look at them.
}
action-added = added
action-edited = changed
action-published = published
action-cancelled = cancelled
action-reinstated = taken up again
action-removed = removed
action-withdrawn = withdrawn
action-reread = read anew
desk-events = Events
desk-new-event = New event
desk-draft = draft
desk-confirmed = confirmed
desk-removed = removed
desk-search = Words
desk-any = any
desk-topic = Topic
desk-standard = Standard
desk-from = From
desk-to = To
desk-find = Find
desk-choose = Choose
desk-when = When
desk-what = What
desk-no-events = Nothing like this.
desk-with-chosen = With those chosen:
desk-publish = Publish
desk-cancel = Cancel
desk-remove = Remove
desk-restore = Take it up again
desk-label = Change topics
desk-add-topics = Add topics
desk-remove-topics = Take topics away
desk-older = Show what is older, too
desk-next-page = Next page
desk-sure-cancel = { $count ->
    [1] Cancel this event?
   *[other] Cancel these { $count } events?
}
desk-sure-remove = { $count ->
    [1] Remove this event?
   *[other] Remove these { $count } events?
}
desk-leave-it = Leave it
desk-reason = Reason, which readers are told
desk-done-added = Added.
desk-done-saved = Saved.
desk-done-same = It says so already; nothing was changed.
desk-done-published = { $count ->
    [1] Published.
   *[other] { $count } published.
}
desk-done-cancelled = { $count ->
    [1] Cancelled.
   *[other] { $count } cancelled.
}
desk-done-removed = { $count ->
    [1] Removed. It can be taken up again.
   *[other] { $count } removed. They can be taken up again.
}
desk-done-restored = Taken up again.
desk-done-undone = The change was taken back.
desk-done-labelled = { $count ->
    [1] The topics of one event were changed.
   *[other] The topics of { $count } events were changed.
}
desk-field-title = Title
desk-field-kind = Kind
desk-field-start = Begins
desk-field-end = Ends
desk-field-timezone = Time zone
desk-field-repeat = Repeats
desk-field-location = Place
desk-field-join-url = Link to join
desk-field-organizer = Organizer
desk-field-topics = Topics
desk-field-standards = Standards
desk-field-url = Web page
desk-field-status = Status
desk-field-format = Description is
desk-field-description = Description
desk-field-duration = Lasts
desk-help-start = A day, a time, or less: 2020-10-01 09:00, tomorrow 9:00, 22 June - 3 July, October 2020, Q3 2021
desk-help-end = Nothing, or the last day, inclusive
desk-help-timezone = By its name, such as Asia/Shanghai
desk-help-repeat = In words: 2nd tuesday, every two weeks until 30 June; or a rule (RRULE)
desk-help-join-url = Where one joins from afar
desk-help-topics = With ; between them
desk-help-standards = Such as GB/T 35273-2020; with ; between them
desk-help-url = With https:// at its beginning
desk-help-status = A draft is seen by nobody outside
desk-help-description = Markdown: *emphasis*, [words](https://…), lists
desk-help-duration = In the place of an end, such as PT1H30M
desk-save = Save
desk-look = Look first
desk-look-title = What this comes to
desk-look-none = When it is, how it repeats and who hears of it stands here once something is typed, or after “Look first”.
desk-next-dates = The next dates:
desk-heard = { $readers ->
    [1] One reader of { $digest } hears of it: { $when }.
   *[other] { $readers } readers of { $digest } hear of it: { $when }.
}
desk-heard-paused = { $readers ->
    [1] One reader of { $digest } hears of it when it goes on.
   *[other] { $readers } readers of { $digest } hear of it when it goes on.
}
desk-heard-by-nobody = It is a draft: nobody sees it until it is published.
desk-heard-in-calendars = Calendars and pages show it at once; no mail goes to anybody.
desk-twins = There may be the same already:
desk-as-readers-see = As readers see it
desk-dates = Single dates
desk-from-source = Kept in step with { $source }
desk-conflict = Somebody changed it meanwhile
desk-conflict-what = What you typed stands in the form. If you save it now, it takes the place of theirs where both speak of the same.
desk-typed = This is what you typed on { $when } and did not save.
desk-discard = Throw it away
desk-tell = Tell readers by mail
desk-tell-usual = if it changes a plan
desk-tell-next = in the next edition, whatever it is
desk-tell-never = never
desk-tell-help = A new date or place changes a plan; a typo does not.
desk-acts = What else can be done
desk-copy-to = The same again on
desk-copy = Copy
desk-cancel-this = Cancel the event
desk-cancel-now = Cancel it
desk-remove-this = Remove the event
desk-remove-what = It vanishes from pages and calendars. It can be taken up again from here.
desk-remove-now = Remove it
desk-history = History
desk-undo = Take this back
desk-move-to = Move to
desk-move = Move
desk-drafts = Drafts
desk-no-drafts = No drafts wait.
desk-review = Look through them
desk-year-guessed = The year is a guess: the text says none.
desk-drop = Drop
desk-edit = Edit
desk-take-in = Find dates in a text
desk-text = Paste a text
desk-or-address = or give its address
desk-written = Written on, if it does not say
desk-find-dates = Find dates
desk-found = { $count ->
    [0] Nothing new was found in it.
    [1] One draft was made of it.
   *[other] { $count } drafts were made of it.
}
desk-draft-place = Draft { $place } of { $all }
desk-words = Where it comes from
desk-moves = Published, it moves this:
desk-previous = Back
desk-skip = Skip
desk-editions = Editions
desk-figures-old = What editions that are through came to may be a minute old.
desk-went-out = What went out
desk-nothing-went-out = Nothing went out yet.
desk-edition = Edition
desk-to-whom = Deliveries
desk-tally-sent = sent
desk-tally-queued = waiting
desk-tally-deferred = tried again
desk-tally-failed = failed
desk-tally-uncertain = uncertain
desk-tally-suppressed = not sent, since nothing may be
desk-given-up = given up
desk-stopped = stopped
desk-approved-by = Approved by { $who }.
desk-approve = Approve
desk-pause = Pause this newsletter
desk-resume = Let it go on
desk-take-in-again = Take it in again
desk-leave-out = Leave out
desk-put-first = Put first
desk-not-first = Not first
desk-not-added = Not added
desk-edition-empty = As things stand it has nothing to tell, and is not made.
desk-add-entry = Tell this, too
desk-add = Add
desk-note = Words of this edition
desk-note-to = To readers of
desk-all-languages = all languages
desk-note-subject = Subject
desk-note-subject-help = Empty: what matters most of it
desk-note-text = Words
desk-note-help = Markdown; they stand at its head and are said once
desk-as-readers-get = As readers get it
desk-show = Show
desk-as-text = The same as plain text
desk-left-after = left before the next one
desk-complained = complained
desk-go-on = Send the rest
desk-give-up = Give it up
desk-stop = Stop sending
desk-never = never
desk-sources = Sources
desk-source = Source
desk-no-sources = No source is configured.
desk-read-at = Read
desk-read-next = Next
desk-how-it-goes = How it goes
desk-read-now = Read it now
desk-believe = Believe it
desk-done-read = It was read.
desk-deliveries = Deliveries
desk-no-deliveries = No mails like this.
desk-address = Address
desk-said = What the server said
desk-send-again = Send again
desk-done-retried = It is sent again.
desk-tally-sending = being sent
desk-team = Team
desk-editors = Editors
desk-role = Role
desk-role-editor = editor
desk-role-operator = operator
desk-role-help = An editor writes: dates, articles, editions. An operator also sees to readers, the team and the machine.
desk-name = Name
desk-since = since { $when }
desk-session = Signed in, last seen { $when }:
desk-end-session = End it
desk-remove-editor = Take off the team
desk-remove-editor-what = From now on this person changes nothing more, and is out at once. What they did stays theirs.
desk-add-editor = Add to the team
desk-done-left = Taken off the team.
desk-done-ended = The session has ended.
desk-tokens = Tokens of programs
desk-token = Token
desk-no-tokens = No program has one.
desk-token-once = This is shown once. The program sends it as “Authorization: Bearer …”.
desk-token-name = Name of the program
desk-may = It may
desk-until = Until
desk-last-used = Last used
desk-revoke = Revoke
desk-add-token = Make a token
desk-done-revoked = It opens nothing any more.
desk-check = Check
desk-check-what = What can be looked at from here. “kalends check” at the machine tries the mail server, too.
desk-settings = Settings
desk-settings-what = What is in force. It is changed in the file, and taken over by itself:
desk-option = Option
desk-value = Value
desk-comes-from = Comes from
desk-by-default = as by default
desk-by-line = line { $line } of the file
desk-readers = Readers
desk-no-readers = Nobody yet.
desk-newsletter = Newsletter
desk-gets = Gets
desk-suppressed = Nothing is sent: { $reason }
desk-suppressed-since = Nothing is sent to this address since { $when }: { $reason }
desk-unsuppress = Let mail go again
desk-add-reader = Add a reader
desk-consent-note = How they agreed
desk-consent-help = Empty: a mail asks them first. Else where and how they agreed, for the record.
desk-import = Import
desk-import-now = Take them in
desk-import-would = It would add { $added } and change { $updated }; { $unchanged } are so already. { $asked } would be asked by mail. { $rejected } can't be taken.
desk-import-done = { $added } were added and { $updated } changed; { $unchanged } were so already. { $asked } are asked by mail. { $rejected } could not be taken.
desk-table = A table of people
desk-table-help = CSV with a line of names at its head: email, name, digests, topics, timezone, locale, consent_at, consent_note
desk-line = Line { $line }:
desk-consent-pending = yet to confirm
desk-consent-confirmed = agreed
desk-consent-left = has left
desk-all-topics = all topics
desk-mails = Mails
desk-no-mails = No mail went there yet.
desk-returned = What came back
desk-export = Export all that is kept
desk-forget = Forget
desk-forget-sure = Forget this reader?
desk-forget-what = All that is kept of them is erased, also in what was sent. It can't be taken back, and no import brings them back.
desk-forget-now = Forget for good
desk-done-forgotten = Forgotten.
desk-new-article = New article
desk-no-articles = No articles yet.
desk-article-ahead = shown from its day on
desk-article-published = published
desk-field-byline = By whom
desk-field-date = Day
desk-help-date = Such as 2020-10-01; one ahead: it is shown from then on
desk-field-events = Events it is about
desk-help-events = Their numbers, with ; between them
desk-field-source = Where it comes from
desk-field-body = Text
desk-find-events = Find events
desk-is-about = It is about:
desk-reads = How it reads
desk-images = Pictures
desk-take-out = Take it out
desk-remove-article = Remove the article
desk-remove-article-what = It vanishes from the site. What it was stays in its history alone.
desk-done-gone = The article was removed.
desk-sending = How its sending goes
desk-look-again = Look again
desk-goes = { $speed } a minute; through at about { $when }.
desk-goes-until = On its way; the last of it goes at { $when }.
desk-goes-begun = On its way. How fast it goes is known in a moment.
desk-goes-stopped = { $count ->
    [one] Stopped: one mail waits.
   *[other] Stopped: { $count } mails wait.
}
desk-goes-through = Through.
desk-did-not-go = { $status ->
    [failed] { $count } failed
    [uncertain] { $count } uncertain
   *[deferred] { $count } tried again
}
desk-changed-since = Since it was made, this has changed:
desk-not-to-be = not to be any more
desk-send-failed-again = Send again what did not go
desk-give-up-what = What waits is never sent; the next edition tells it to its readers.
desk-give-up-now = Give it up now
desk-correct = Correct it
desk-correct-text = Correction
desk-correct-help = Markdown; it stands at the edition's head in the archive
desk-correct-mail = Tell it by mail to those who got the edition
desk-correct-now = Correct
desk-resend = Send it to one reader
desk-resend-what = What they got, once more; or else what it told, as things are now.
desk-done-retried-all = { $count ->
    [0] Nothing of it may be sent again.
    [one] One mail is sent again.
   *[other] { $count } mails are sent again.
}
desk-done-corrected = The archive begins with the correction.
desk-done-corrected-mailed = { $count ->
    [0] The archive begins with the correction; nobody is left to be told by mail.
    [one] The archive begins with the correction, and one mail tells it.
   *[other] The archive begins with the correction, and { $count } mails tell it.
}
desk-done-resent = It is on its way to this reader.
desk-or-file = or choose a file
desk-file-help = A text, a page, a mail, a document of Word or a PDF; it may be dropped here
desk-add-picture = Add a picture
desk-picture = File
desk-picture-alt = What it shows, in words
desk-picture-help = For who does not see it. It is put at the end of the text: move it from there.
desk-picture-later = Pictures are added once it is saved.
desk-export-all = Export
desk-mail-paths = Relays and returned mail
desk-relays = Mail goes out by
desk-no-relays = Mail is written into files here.
desk-relay-well = In order
desk-relay-stopped = Stopped since { $when }: { $reason }. It is tried again at { $next }.
desk-ways = Mail comes back by
desk-no-ways = No way is open by which bounces come back: see [bounce] in the file.
desk-way-told = { $told }; the last at { $when }
desk-way-silent = Nothing came yet.
desk-nothing-returned = Nothing came back.
desk-class = Kind
desk-class-hard = the address is no good
desk-class-soft = refused for now
desk-class-delayed = still tried
desk-class-complaint = complaint
desk-class-unknown = not understood
desk-counted = counts against the address
desk-by-way = Came by
desk-proved = Proved
desk-proved-yes = Yes: the mail that it is about is ours.
desk-proved-no = No: anybody could have sent it, and it alone ends nothing.
desk-width = Width
desk-width-wide = wide
desk-width-phone = a phone
desk-look-of-mail = Colours
desk-look-own = as here
desk-look-light = light
desk-look-dark = dark
desk-failed = What did not go lately
desk-sources-trouble = Sources
desk-send = Send it before its time
desk-send-test = Send me a test
desk-instead = In the place of the next one of the schedule
desk-instead-of = It takes the place of the next one of the schedule, which is not made again.
desk-send-look = See to whom it would go
desk-would-go = “{ $subject }” would go to { $readers ->
    [one] one reader
   *[other] { $readers } readers
} at once.
desk-send-it = Send it now
desk-send-already = There is an edition of this moment already.
desk-send-nobody = Nobody has confirmed yet that they want it.
desk-done-sent = It is on its way.
desk-done-tested = A test is on its way to you.
desk-goes-deferred = { $count ->
    [one] All but one are settled; that one is tried again.
   *[other] All but { $count } are settled; those are tried again.
}
desk-returned-mail = Returned mail
desk-suppress = Send nothing more
desk-bounced = mail came back
desk-complained-of-mail = they complained to their provider
desk-withheld = the office said so

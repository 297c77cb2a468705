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

## What stands in every mail

demo-mail = This is a demo: it was written to a file and sent to nobody.

## Editions

section-changes = What changed
section-effective = Takes effect
section-deadlines = Deadlines
section-upcoming = Coming up
section-released = Just released
section-held = Just held
section-articles = Articles
section-ahead = Further ahead, day not yet known

this-week = This week
next-week = Next week

badge-new = New
badge-moved = Moved
badge-relocated = New place
badge-rescheduled = New dates
badge-cancelled = Cancelled
badge-reinstated = On again
moved-from = was { $before }
relocated-from = was to be in { $before }
had-been-cancelled = had been cancelled

read-on = Read on
and-more = and { $n } more on the site
nothing-to-tell = Nothing is coming up and nothing changed.

in-browser = Read in the browser
all-dates = All dates
follow-calendar = Follow the calendar
all-editions = All editions
why-this-mail = You get this mail because you subscribed to “{ $digest }” of { $site }.
change-what-you-get = Change what you get
unsubscribe = Unsubscribe
archived-edition = An edition of “{ $digest }” of { $site }, as it was sent.
subscribe-by-mail = Subscribe by mail

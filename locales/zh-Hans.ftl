# 读者所见的文字，简体中文。

language = 简体中文

## Dates

month-1 = 1月
month-2 = 2月
month-3 = 3月
month-4 = 4月
month-5 = 5月
month-6 = 6月
month-7 = 7月
month-8 = 8月
month-9 = 9月
month-10 = 10月
month-11 = 11月
month-12 = 12月

weekday-1 = 星期一
weekday-2 = 星期二
weekday-3 = 星期三
weekday-4 = 星期四
weekday-5 = 星期五
weekday-6 = 星期六
weekday-7 = 星期日

date = { $year }年{ $month }{ $day }日
date-and-weekday = { $year }年{ $month }{ $day }日 { $weekday }
date-of-year = { $month }{ $day }日
days-of-month = { $year }年{ $month }{ $first }日至{ $day }日
days-of-year = { $year }年{ $first-month }{ $first }日至{ $month }{ $day }日
months-of-year = { $year }年{ $first-month }至{ $month }
month-and-year = { $year }年{ $month }
quarter = { $year }年第{ $quarter ->
    [1] 一
    [2] 二
    [3] 三
   *[other] 四
}季度
quarters-of-year = { $year }年第{ $first ->
    [1] 一
    [2] 二
    [3] 三
   *[other] 四
}至第{ $quarter ->
    [1] 一
    [2] 二
    [3] 三
   *[other] 四
}季度
year = { $year }年
years = { $first }至{ $year }年
range = { $start }至{ $end }
at-time = { $date } { $time }
at-time-in-zone = { $date } { $time }（{ $zone }）

days-ahead = { $days ->
    [0] 今天
    [1] 明天
   *[other] { $days }天后
}
days-ago = { $days ->
    [1] 昨天
   *[other] { $days }天前
}
now = 正在进行

list-comma = 、
list-end = 和
clauses = { $first }，{ $second }

## How an event repeats

every-day = { $n ->
    [1] 每天
   *[other] 每{ $n }天
}
every-week = { $n ->
    [1] 每周
   *[other] 每{ $n }周
}
every-month = { $n ->
    [1] 每月
   *[other] 每{ $n }个月
}
every-year = { $n ->
    [1] 每年
   *[other] 每{ $n }年
}
repeat-on = { $every }（{ $on }）
repeat-on-the = { $every }（{ $on }）
repeat-in = { $every }，仅{ $months }
repeat-times = { $every }，共{ $n }次
repeat-until = { $every }，至{ $date }
repeat-by-rule = 按规则 { $rule } 重复
repeat-on-dates = 在个别日期
repeat-also = { $every }，另有{ $dates }
repeat-but = { $every }，{ $dates }除外
day-of-month = { $day }日
last-day = 最后一天
nth-weekday = { $n ->
    [-1] 最后一个{ $weekday }
    [1] 第一个{ $weekday }
    [2] 第二个{ $weekday }
    [3] 第三个{ $weekday }
    [4] 第四个{ $weekday }
   *[other] 第五个{ $weekday }
}

## Kinds of events, and how they stand

kind-meeting = 会议
kind-forum = 论坛
kind-release = 发布
kind-effective-date = 生效
kind-deadline = 截止
kind-other = 活动
kind-other-of-list = 其他

tentative = 暂定
cancelled = 已取消
cancelled-because = 已取消：{ $reason }

## What stands in every mail

demo-mail = 这是演示：本邮件只写入文件，没有发给任何人。

## Editions

section-changes = 变更
section-effective = 生效
section-deadlines = 截止日期
section-upcoming = 近期安排
section-released = 最新发布
section-held = 近期举行
section-articles = 文章
section-ahead = 更远的安排（具体日期待定）

this-week = 本周
next-week = 下周

badge-new = 新增
badge-moved = 改期
badge-relocated = 改地点
badge-rescheduled = 日期变更
badge-cancelled = 取消
badge-reinstated = 恢复
moved-from = 原定{ $before }
relocated-from = 原定地点：{ $before }
had-been-cancelled = 此前曾取消

read-on = 阅读全文
and-more = 另有{ $n }项，见网站
nothing-to-tell = 近期没有安排，也没有变更。

in-browser = 在浏览器中阅读
all-dates = 所有日期
follow-calendar = 订阅日历
all-editions = 往期
why-this-mail = 您收到本邮件，是因为您订阅了{ $site }的“{ $digest }”。
change-what-you-get = 更改订阅内容
unsubscribe = 退订
archived-edition = { $site }“{ $digest }”的一期，内容与发出时相同。
subscribe-by-mail = 邮件订阅

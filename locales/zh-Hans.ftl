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
your-time = { $when }（您的时间）
your-time-and-there = { $when }（您的时间，{ $there }时间为{ $then }）
time-here-and-there = { $when }（{ $here }时间，{ $there }时间为{ $then }）

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
in-month = { $when }

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

## What stands around every page

site-skip = 跳到日期列表
site-follow = 订阅
site-skip-follow = 跳到订阅日历
site-nav = 站点导航
site-dates = 日程
site-calendar = 日历
site-by-mail = 邮件订阅
site-language = 语言
site-kept-with = 本站由 kalends 提供支持。
demo-title = 这是演示。
demo-page = 演示的时钟为{ $today }，邮件只写入文件，所有内容都不会保留。
sentence-space = {""}
newsletter = 《{ $title }》

## Searching

search = 搜索
search-label = 搜索日程
search-example = GB/T 35273、智慧城市、北京……
search-kind = 类别
search-all-kinds = 全部类别
search-best = 最相符
search-meant = 您要找的是不是
search-topics = 以下主题有日期：
chips = 当前的筛选条件
chip-away = （去掉）
chip-from = 自 { $day }
chip-to = 至 { $day }
chip-precise = 日期已确定
search-clear = 显示全部

## The first page

home-coming-up = 近期日程
home-filtered = 符合条件的日程
home-as-month = 按月查看
home-none = 近期暂无日程。
home-none-matches = 没有符合条件的后续日程。
home-later = 之后的日程
home-expected = 预计
home-expected-aside = 具体日期待定
home-past = 已结束
home-just-past = 刚刚结束
home-by-mail = 将近期日程、即将生效的标准和各项变更汇总成邮件发送给您。
topics = 主题
topics-all = 全部主题
topics-none = 还没有带主题的日期。
standards = 标准
standards-none = 还没有涉及标准的日期。
subject-topic = 主题
subject-standard = 标准
subject-kind = 类别
subject-none = 暂无即将到来的相关日期。
subject-follow = 只把这些日期放进您自己的日历，并保持更新。
subject-mail = 以邮件接收
subject-life = 时间线
subject-edition = 版本
subject-what = 事项
subject-replaced = 被 { $edition } 代替
subject-others = 其他列表
follow-embed = 在其他网站上显示
follow-embed-line = 供该网站使用的一行 HTML
follow-all = 把全部日程加入您自己的日历，并自动更新。
follow-filtered = 只把这里筛选出的日程加入您自己的日历，并自动更新。
follow-address = 日历地址
follow-copy = 复制
follow-copied = 已复制
follow-programs = Apple、Outlook、Thunderbird
follow-more = Google、Outlook.com、手机……
follow-large = 此日历的日程超出某些软件的上限：Google 只显示约 { $most } 条，且不会提示其余部分。单个主题的日历较小：
follow-long = Google 不接受这么长的地址。减少筛选条件可缩短地址。
follow-whole = 包含早已结束的全部日程：
follow-feeds = 供阅读器使用
follow-embed-what = 即将到来的日程，配色随读者的设备而定。请把这一行粘贴到网页中。
follow-embed-height = 如需让框架高度随内容调整，请再加上这一行：
way-apple = iPhone、iPad 和 Mac：选择“订阅”。此后日历会按其设置自动更新。
way-google = Google 会询问是否添加。之后手机上也会显示，每天更新数次。
way-outlook = 电脑上的 Outlook 和 Thunderbird：打开后会询问，每隔几小时更新一次。
way-outlook-com = 网页版 Outlook 会询问名称后导入，一天之内更新。工作或学校帐户：
way-others = 其他软件
way-code = 用手机相机对准此处，即可在手机上订阅。
follow-others = 在其他日历软件中，请选择“通过网址订阅”，然后粘贴此地址。

## A month

month-nav = 月份
month-this = 本月
month-as-list = 按列表查看
month-none = 本月暂无日程。
month-none-matches = 本月没有符合条件的日程。
month-week-number = { "" }
month-week = 第{ $number }周
month-more = 还有 { $count } 项
month-clock = 时间均按 { $zone } 时区显示。

## The page of an event

event-when = 时间
event-repeats = 重复
event-next = 接下来
event-where = 地点
event-organizer = 主办方
event-standards = 相关标准
event-topics = 主题
event-more = 详情
event-join = 在线参加
event-add = 加入我的日历
event-file = 日历文件（.ics）
event-copy-link = 复制链接
event-own-time = 您的当地时间：
event-last = 上一次
event-changes = 变更记录
turn-moved = { $day }：由{ $before }改为{ $when }
turn-exact = { $day }：日期已定为{ $when }（此前：{ $before }）
turn-relocated = { $day }：更换地点（原为{ $before }）
turn-placed = { $day }：地点已定
turn-cancelled = { $day }：已取消
turn-reinstated = { $day }：恢复举行
event-instead-of = 原定{ $when }

## Articles

article = 文章
article-source = 来源
article-events = 相关日程
articles-all = 全部文章
articles-none = 暂无文章。
articles-none-matches = 没有符合条件的文章。
articles-earlier = 更早的文章
as-feed = Atom 订阅源

## Calendars and feeds

feed-cancelled = 【已取消】{ $title }
feed-expected = { $title }（{ $when }）
feed-organizer = 主办方：{ $organizer }
feed-standards = 相关标准：{ $standards }

## Subscribing

subscribe-title = 邮件订阅
subscribe-no-newsletter = 这里暂时没有邮件通讯，但您可以订阅日历。
subscribe-email = 您的电子邮箱
subscribe-leave-empty = 此处请留空
newsletters = 邮件通讯
only-topics = 仅限以下主题
only-kinds = 仅限以下类别
none-is-all = （不选则为全部）
subscribe-language = 邮件语言
subscribe-button = 订阅
subscribe-hint = 我们会先发送一封邮件请您确认。每期邮件中都有退订链接，点击一次即可退订。
subscribe-none-chosen = 请至少选择一种邮件通讯。
subscribe-asked = 请查收邮件
subscribe-asked-text = 如果 { $address } 能够接收邮件且尚未订阅，确认邮件已在途中。请在{ $hours }小时内打开邮件中的链接完成确认；若未确认，我们不会再发送邮件。已订阅的读者可通过每期邮件中的链接更改订阅内容。
confirm = 确认订阅
confirm-what = 再点击一次，即可订阅{ $digests }。
confirm-yes = 是的，我要订阅
confirm-done = 谢谢
confirm-done-text = 您已成功订阅{ $digests }。您可以通过每封邮件中的链接更改订阅内容或退订。
confirm-calendar = 订阅我所选内容的日历
confirm-next = 下一期将于{ $day }发出。
confirm-last = 阅读上一期（{ $day }）
confirm-used = 此链接已使用过
confirm-used-text = 您曾用此链接确认订阅，之后又退订了。如需恢复，请重新订阅。
confirm-expired = 此链接的有效期为{ $hours }小时，现已过期。请重新订阅以获取新链接。
calendar-is-yours = 此地址仅供您本人使用：任何人得到它，都能看到您关注的内容。
link-bad = 此链接无效
link-unknown = 此链接并非由我们发出，或在传送过程中不完整。
link-ended = 此链接已失效，请使用我们最近一封邮件中的链接。

## The archive

archive = 往期
correction-of = { $day }更正
mail-correction-subject = 更正：{ $digest }第{ $number }期
mail-correction-about = 以下更正您收到的这一期：“{ $subject }”。
mail-correction-read = 阅读更正后的这一期
archive-number = 第{ $number }期
archive-none = 尚未发出任何一期。
archive-earlier = 更早的各期

## Leaving

unsubscribe-all = 退订全部
unsubscribe-what = { $address } 订阅了{ $digests }。点击一次即可退订。
unsubscribe-done = 您已退订
unsubscribe-back = 重新选择要收到的内容
unsubscribe-back-why = 点错了，或者只想少收一些？您可以重新选择通讯和主题。
unsubscribe-done-text = 您不会再收到后续各期邮件，但已经发出的邮件可能仍会送达。

## The page of a reader's choices

preferences = 订阅设置
preferences-mail-to = 收件地址：
preferences-no-newsletter = 目前没有邮件通讯。
preferences-pending = 等待您确认：点击邮件中的链接，或在此确认。
preferences-bounced = 由于发往您邮箱的邮件被退回，目前已暂停向您发送。
preferences-complained = 由于我们的邮件曾被举报为垃圾邮件，现已停止向您发送。
preferences-withheld = 应要求，现已停止向您发送。
preferences-come-back = 如需恢复，请重新订阅并确认：
preferences-zone = 您所在的时区
preferences-hour = 接收邮件的时间
preferences-as-newsletter = 与邮件通讯相同
preferences-as-site = 与本站相同
preferences-save = 保存
preferences-saved = 已保存。
preferences-joined = 您已订阅{ $digests }。
preferences-no-longer = 您已退订{ $digests }。
preferences-unchanged = 没有任何更改。
preferences-leave = 退订
preferences-left = 您已退订全部邮件，但已经发出的邮件可能仍会送达。
preferences-calendar = 您的专属日历
preferences-calendar-what = 为您的日历软件生成一份日历，内容随上述选择自动更新。
preferences-calendar-make = 生成日历
preferences-calendar-follows = 日历内容随上述选择自动更新。
preferences-calendar-renew = 更换地址
preferences-calendar-renewed = 您的日历已启用新地址，原地址已失效。
preferences-calendar-revoke = 停用日历
preferences-calendar-revoked = 您的日历已停用，其地址已失效。
preferences-data = 您的数据
preferences-data-what = 我们保存的关于您的全部信息：您何时同意了什么、选择了什么，以及我们向您发送过哪些邮件。
preferences-export = 下载
preferences-forget = 删除……
preferences-calendar-and-data = 您的日历和数据
preferences-link = 给我发送链接
preferences-link-why = 您进入本页所用的链接印在每封邮件中，而邮件可能已被转发。因此，如需查看专属日历的地址、下载或删除我们保存的关于您的信息，请使用我们现在发到您邮箱的新链接。
preferences-link-first = 此操作需要新链接，请先在下方申请。
preferences-link-mailed = 链接已发往 { $address }，有效期为{ $minutes }分钟。
preferences-too-many-links = 目前无法再发送链接。请查看您的邮箱，或过几个小时再试。
preferences-expired = 此链接的有效期为{ $minutes }分钟，现已过期。您可以通过每封邮件中的“更改订阅内容”链接进入设置页，申请新链接。
preferences-nobody = 查无此人
preferences-nobody-text = 我们没有保存此链接所属读者的任何信息。如需接收邮件，请重新订阅。
preferences-no-action = 未指定任何操作。
forget = 要删除我们保存的关于您的全部信息吗？
forget-what = 您将不再收到邮件，专属日历将停用，您的邮箱地址会从所有记录中抹去。此操作无法撤销。
forget-yes = 是的，全部删除
forget-no = 不，返回
forget-done = 您的信息已删除
forget-done-text = 我们保存的关于您的信息已全部抹去，只留下一段无法还原出邮箱地址的指纹，用来防止他人再次把您加入名单。您本人可以随时重新订阅。
forget-editor = 您是本站的编辑之一，编辑所做的改动会以其名义保留。请先请办公室取消您的编辑身份，然后即可删除您的信息。

## What goes wrong

error-not-found = 未找到
error-no-such-page = 这里没有这个页面。
error-gone = 已失效
error-given-up = 此地址已停用，不再指向任何内容。
error-taken-back = 此图片已撤回。
error-wrong = 无法处理
error-unreadable = 无法读取此请求。
error-method = 不能以这种方式访问此页面。
error-too-large = 内容过多
error-too-large-text = 提交的内容超出了限制。
error-busy = 请稍后再试
error-busy-text = 服务应会很快恢复。
error-internal = 出错了
error-internal-text = 这是我们的问题，已记录在案。请过一会儿再试。
wrong-date = “{ $given }”不是日期，请写成 2020-10-01、2020-10-01 09:30、2020-10、2020-Q4 或 2020 的形式。
wrong-refused = 无法办理：{ $said }
wrong-host = 请求没有恰好一次说明要访问哪个网站。
query-too-long = “{ $given }”超过了 { $most } 个字符，请缩短。
query-too-many-words = “{ $given }”中不同的词超过了 { $most } 个，请减少。
query-too-often = “{ $given }”出现了 { $most } 次以上，请减少。
query-too-much = “{ $given }”连同其他条件一共超过了 { $most } 个字符，请减少。
wrong-order = 结束日期早于开始日期。
wrong-kind = 没有“{ $given }”这种类别，可用的有：{ $known }。
wrong-topic = 这里已没有“{ $given }”这个主题，请另选；不选则表示全部。
wrong-zone = “{ $given }”不是时区，请使用 Asia/Shanghai 这样的名称。
wrong-hour = “{ $given }”不是一天中的钟点，请填写 0（午夜）至 23。
wrong-language = 这里没有“{ $given }”这种语言，可用的有：{ $known }。
wrong-action = 本页没有“{ $given }”这个按钮。
wrong-email = “{ $given }”不是电子邮箱地址，请写成 ada@example.org 的形式。
wrong-email-here = 无法向“{ $given }”发送邮件，请填写 ada@example.org 这样的邮箱地址。
wrong-email-lines = “{ $given }”中含有换行符或其他控制字符，邮箱地址只能有一行，例如 ada@example.org。

## Mails that are of no edition

mail-confirm-subject = 请确认您对“{ $site }”的订阅
mail-confirm-title = 请确认
mail-confirm-asked = 有人（很可能是您本人）申请用此邮箱订阅“{ $site }”的{ $digests }。
mail-confirm-how = 点击按钮打开页面，即可确认。链接在{ $hours }小时内有效。
mail-confirm-how-in-text = 如需确认，请在{ $hours }小时内打开以下页面：
mail-confirm-else = 如果这不是您本人的申请，无需理会：未经您确认，我们不会再发送邮件。
mail-link-known = 有人（很可能是您本人）再次用这个地址订阅。您已经在接收所选内容，因此没有任何改变。这个链接用来管理您在这里的全部内容：订阅内容、专属日历，以及我们保存的关于您的信息。
mail-link-subject = 您在“{ $site }”的专属链接
mail-link-title = 您的专属链接
mail-link-asked = 有人（很可能是您本人）申请了这个链接，用来管理您在这里的全部内容：订阅内容、专属日历，以及我们保存的关于您的信息。
mail-link-open = 打开我的页面
mail-link-how = 链接在{ $minutes }分钟内有效。请勿转发：任何人得到它，都能进行您所能进行的全部操作。
mail-link-else = 如果这不是您本人的申请，无需理会：不会有任何改变。

## What stands in every mail

demo-mail = 这是演示：本邮件只写入文件，没有发给任何人。

## Editions

section-first = 本期重点
section-changes = 变更
section-effective = 生效
section-deadlines = 截止日期
section-upcoming = 近期安排
section-ahead = 更远的安排
section-in-effect = 已生效
section-released = 最新发布
section-held = 近期举行
section-articles = 文章

this-week = 本周
next-week = 下周

badge-new = 新增
badge-moved = 改期
badge-relocated = 改地点
badge-relinked = 改链接
badge-exact = 日期已定
badge-placed = 地点已定
badge-linked = 可在线参加
badge-confirmed = 已确认
badge-updated = 更新
badge-rescheduled = 日期变更
badge-cancelled = 取消
badge-reinstated = 恢复
moved-from = 原定{ $before }
exact-from = 此前为{ $before }
had-been-tentative = 此前待定
retitled-from = 原名“{ $before }”
relocated-from = 原定地点：{ $before }
join-new = 参会链接已更换
join-gone = 参会链接已取消
had-been-cancelled = 此前曾取消

read-on = 阅读全文
picture = [图片：{ $alt }]
and-more = 另有{ $n }项，见网站
nothing-to-tell = 近期没有安排，也没有变更。

## Their subjects

subject-effective = { $title }{ $when }生效
subject-said = { $title }：{ $when }
subject-in-effect = { $title }已生效
subject-deadline = { $when }截止：{ $title }
subject-moved = 改期至{ $when }：{ $title }
subject-until = { $title }，至{ $when }
subject-marked = { $mark }：{ $title }
subject-more-dates = 另有{ $n }个日期
subject-more-articles = 另有{ $n }篇文章

in-browser = 在浏览器中阅读
all-dates = 全部日程
follow-calendar = 订阅日历
all-editions = 往期
welcome = 欢迎订阅“{ $digest }”。这是最新一期，日期以今天为准；从下一期起，您将收到新的内容。
why-this-mail = 您收到本邮件，是因为您订阅了{ $site }的“{ $digest }”。
change-what-you-get = 更改订阅内容
unsubscribe = 退订
archived-edition = { $site }“{ $digest }”的一期，内容与发出时相同。
subscribe-by-mail = 邮件订阅
add-to-calendar = 加入日历
give-feedback = 告诉我们您的意见

## What chats are told

hook-added = 新增：{ $title }，{ $when }
hook-moved = 改期至{ $when }：{ $title }，原定{ $before }
hook-relocated = 地点改为{ $place }：{ $title }，{ $when }，原定地点：{ $before }
hook-relinked = 参会链接已变更：{ $title }，{ $when }
hook-rescheduled = 日期变更：{ $title }，{ $when }
hook-reinstated = 恢复：{ $title }，{ $when }
hook-edited = 有变更：{ $title }，{ $when }
hook-cancelled = 取消：{ $title }，{ $when }
hook-cancelled-because = 取消：{ $title }，{ $when }。原因：{ $reason }
hook-many = { $count }项日程新增或变更，前几项为：
hook-edition-made = { $newsletter }第{ $number }期已生成，将发给{ $readers }位读者。
hook-edition-sent = { $newsletter }第{ $number }期已发完：成功{ $sent }封，失败{ $failed }封。
hook-deliveries-failed = { $edition }期有{ $count }封邮件未能送达。
hook-mails-failed = 有{ $count }封邮件未能送达。
hook-confirmed = { $count }位读者订阅了{ $newsletters }。
hook-left = { $count }位读者退订了{ $newsletters }。
hook-source-failing = 日历来源{ $source }已有一天无法读取。
hook-relay-stopped = 邮件中继{ $relay }拒收所有邮件，邮件暂停发送。
hook-test = 测试：{ $site }的动态将发送到这里。

## 对编辑转发邮件的答复

mail-forwarded-title = 您转发的邮件的处理结果
mail-forwarded-drafts = 已生成 { $count } 份草稿，发布之前不对外显示：
mail-forwarded-revised = { $count } 份已有草稿已更新：
mail-forwarded-otherwise = 附件中有 { $count } 个事件与此处不同。此处保持不变；如以附件为准，请修改：
mail-forwarded-known = { $count } 个日期此前已收录。
mail-forwarded-more = 另有 { $count } 项。
mail-forwarded-moves = 事件 { $id } 的新日期，发布此草稿即改期
mail-forwarded-guessed = 年份为推定
mail-forwarded-nothing = 其中未发现带日期的事件。
mail-forwarded-none = 未生成草稿。
mail-forwarded-foreign = 邮件似乎既非英文也非中文，其中也未发现数字日期。
mail-forwarded-unread = 以下内容未能读取：
mail-forwarded-last = 这是今天 { $count } 封答复中的最后一封。明天之前转发的邮件仍会处理，但不再答复。

approve-title = { $digest }，{ $when }
approve-what = 目前看来，{ $when }的这一期内容如下。您批准后，它将按时发出；在此之前日期若有变动，也会计入其中。
approve-subject = 主题：
approve-look = 查看并批准
approve-yes = 批准
approve-yours = 此链接仅供您本人使用，且只能使用一次。任何一位编辑批准即可。
approve-done = 已批准
approve-goes-then = 谢谢。这一期将按时发出。
approve-goes-now = 谢谢。这一期现在发出。
approve-used = 此链接已使用过：这一期已获批准。
approve-left = 此链接的收件人已不再是编辑。
approve-changed = 自此链接发出后，编辑对这一期作了修改。请使用较新邮件中的链接查看现在的内容。
approve-approved = 这一期已由{ $who }批准。
approve-made = 这一期已经生成：{ $edition }。
approve-over = 已过时限。后一期已取代这一期，并包含其全部内容。
mail-approve-subject = 待批准：{ $subject }
mail-approve-asked = { $when }的{ $digest }须经批准后才会发出。目前内容如下；在此之前日期若有变动，也会计入其中。
mail-approve-anew = 自上次发给您后，编辑对{ $when }的{ $digest }作了修改，因此须重新批准。
mail-approve-late = { $when }的{ $digest }尚未发出，因为还没有人批准。一经批准即会发出；若下一期的时间先到，则由下一期包含其全部内容。
mail-approved-changed = { $when }的{ $digest }：在您批准后有变动
approved-changed-how = 它已连同以下变动一并发出：
approved-added = 新增：{ $what }
approved-changed = 现为：{ $now }。原为：{ $before }
approved-gone = 已不在其中：{ $what }

## The desk: what editors and operators see

desk = 工作台
desk-today = 今天
desk-to-desk = 前往工作台
desk-to-site = 读者看到的网站
desk-sign-out = 退出
desk-signed-out = 您已退出。
desk-sign-in = 登录工作台
desk-sign-in-email = 您的电子邮箱
desk-sign-in-button = 把登录链接发给我
desk-sign-in-hint = 无需密码：链接会发到您的邮箱，只能使用一次。
desk-sign-in-wrong = “{ $given }”不是电子邮箱地址：请填写例如 ada@example.org 的地址。
desk-sign-in-sent = 请查收邮件
desk-sign-in-sent-text = 如果 { $address } 是这里编辑的邮箱，登录链接已经发出。链接在{ $minutes }分钟内有效，新的链接会使旧的失效。没有收到？网站管理者可以直接生成一个链接。
desk-sign-in-kept = 您的登录已过期。您输入的内容已经保存：登录后即可看到。
desk-sign-in-as = 您将以 { $address } 的身份登录。
desk-sign-in-go = 登录
desk-sign-in-other-browser = 这个链接是在另一个浏览器中申请的。如果不是您本人申请的，请关闭此页：可能有人想让您替他打开。
desk-link-unknown = 这个链接不完整，或者不是我们发出的。
desk-link-used = 这个链接已经用过：每个链接只能使用一次。
desk-link-expired = 这个链接已超过{ $minutes }分钟，或者已被新的链接取代。
desk-link-left = 这个地址已不再是编辑的地址。
desk-link-another = 重新申请链接
mail-sign-in-subject = 登录“{ $site }”
mail-sign-in-title = 登录
mail-sign-in-asked = 有人（很可能是您本人）想用这个地址登录工作台。
mail-sign-in-open = 登录
mail-sign-in-how = 链接只能使用一次，在{ $minutes }分钟内有效。请勿转发：得到它的人就能以您的身份使用工作台。
mail-signed-in-subject = “{ $site }”有新的登录
mail-signed-in-title = 新的登录
mail-signed-in = 有人用发到这个地址的链接登录了“{ $site }”的工作台：{ $when }。
mail-signed-in-browser = 浏览器自称：{ $browser }
mail-signed-in-unknown = 没有任何说明
mail-signed-in-else = 是您本人吗？那就无需理会。如果不是，请告知网站管理者：管理员可以立即终止这次登录。
desk-error-no-such-page = 工作台没有这个页面，或者其内容已不存在。
desk-error-not-yours = 您的角色无权访问
desk-error-not-yours-text = 这里仅供管理员使用。网站管理者可以把您设为管理员。
desk-error-forged = 无法接受这个表单
desk-error-forged-text = 它不是为您这次登录生成的，或者来自其他网站。请返回并重新载入页面，然后再提交一次。
desk-error-too-large-text = 提交的内容超过了任何表单所需的大小。
desk-refused = { $code ->
    [invalid] 填写的内容不对：
    [not-found] 没有这一项：
    [conflict] 现在不能这样做：
    [forbidden] 您的角色不能这样做：
    [limited] 次数太多了：
   *[busy] 请过一会儿再试：
}{ $said }
desk-needs = 需要处理
desk-goes-out-next = 接下来发出的内容
desk-next = { $when }，{ $readers ->
    [0] 目前还没有读者
   *[other] 发给{ $readers }位读者
}{ $count ->
    [0] 。
   *[other] ，语言：{ $languages }。
}
desk-next-paused = 已暂停：恢复之前不会发出任何邮件。
desk-next-never = 日程中没有将来的时间。
desk-next-to-approve = 等待有人批准。
desk-subject = 主题：{ $subject }
desk-and-more = 另有{ $count }项
desk-no-digest = 没有配置通讯。
desk-changes = 最近的改动
desk-no-changes = 还没有任何改动。
desk-changed = { $title }：{ $action }
desk-drafts-waiting = 有{ $count }份草稿等待查看。
action-added = 已添加
action-edited = 已修改
action-published = 已发布
action-cancelled = 已取消
action-reinstated = 已恢复
action-removed = 已删除
action-withdrawn = 已撤回
action-reread = 已重新读取
desk-events = 日程
desk-new-event = 新建
desk-draft = 草稿
desk-confirmed = 已确定
desk-removed = 已删除
desk-search = 关键词
desk-any = 不限
desk-topic = 主题
desk-standard = 标准
desk-from = 从
desk-to = 到
desk-find = 查找
desk-choose = 选择
desk-when = 时间
desk-what = 内容
desk-no-events = 没有符合条件的内容。
desk-with-chosen = 对所选内容：
desk-publish = 发布
desk-cancel = 取消
desk-remove = 删除
desk-restore = 恢复
desk-label = 修改主题
desk-add-topics = 添加主题
desk-remove-topics = 去掉主题
desk-older = 同时显示更早的内容
desk-next-page = 下一页
desk-sure-cancel = 取消这{ $count }项日程？
desk-sure-remove = 删除这{ $count }项日程？
desk-leave-it = 不改动
desk-reason = 原因（会告知读者）
desk-done-added = 已添加。
desk-done-saved = 已保存。
desk-done-same = 内容本来如此，没有任何改动。
desk-done-published = 已发布{ $count }项。
desk-done-cancelled = 已取消{ $count }项。
desk-done-removed = 已删除{ $count }项，可以恢复。
desk-done-restored = 已恢复。
desk-done-undone = 改动已撤销。
desk-done-labelled = 已修改{ $count }项日程的主题。
desk-field-title = 标题
desk-field-kind = 类型
desk-field-start = 开始
desk-field-end = 结束
desk-field-timezone = 时区
desk-field-repeat = 重复
desk-field-location = 地点
desk-field-join-url = 参会链接
desk-field-organizer = 主办方
desk-field-topics = 主题
desk-field-standards = 标准
desk-field-url = 网页
desk-field-status = 状态
desk-field-format = 说明的格式
desk-field-description = 说明
desk-field-duration = 时长
desk-help-start = 日期、时刻或大致时间：2020-10-01 09:00、明天上午9点、6月22日至7月3日、2020年10月、2021年第三季度
desk-help-end = 可不填；如填写，为最后一天（含当天）
desk-help-timezone = 时区名称，例如 Asia/Shanghai
desk-help-repeat = 用文字描述：每月第二个周二、每两周直到6月30日；或填写规则（RRULE）
desk-help-join-url = 远程参会的链接
desk-help-topics = 用 ; 隔开
desk-help-standards = 例如 GB/T 35273-2020；用 ; 隔开
desk-help-url = 以 https:// 开头
desk-help-status = 草稿对外不可见
desk-help-description = Markdown：*强调*、[文字](https://…)、列表
desk-help-duration = 代替结束时间，例如 PT1H30M
desk-save = 保存
desk-look = 先看看
desk-look-title = 改动的结果
desk-look-none = 输入内容或点击“先看看”之后，这里会显示时间、重复方式以及会通知哪些读者。
desk-next-dates = 接下来的日期：
desk-heard = “{ $digest }”的{ $readers }位读者将得知：{ $when }。
desk-heard-paused = “{ $digest }”恢复后，{ $readers }位读者将得知。
desk-heard-by-nobody = 这是草稿：发布之前没有人能看到。
desk-heard-in-calendars = 日历和网页会立即显示；不会给任何人发邮件。
desk-twins = 可能已有相同的内容：
desk-as-readers-see = 读者看到的页面
desk-dates = 各次日期
desk-from-source = 与 { $source } 保持同步
desk-conflict = 其他人刚刚修改过
desk-conflict-what = 您输入的内容仍在表单中。如果现在保存，双方都改过的地方将以您的为准。
desk-typed = 这是您在{ $when }输入但没有保存的内容。
desk-discard = 丢弃
desk-tell = 邮件通知读者
desk-tell-usual = 影响安排时才通知
desk-tell-next = 下一期一定通知
desk-tell-never = 不通知
desk-tell-help = 时间或地点变更会影响安排，改正错字则不会。
desk-acts = 其他操作
desk-copy-to = 复制到
desk-copy = 复制
desk-cancel-this = 取消这项日程
desk-cancel-now = 取消
desk-remove-this = 删除这项日程
desk-remove-what = 它将从网页和日历中消失，以后可以在这里恢复。
desk-remove-now = 删除
desk-history = 历史
desk-undo = 撤销这次改动
desk-move-to = 改到
desk-move = 改期
desk-drafts = 草稿
desk-no-drafts = 没有待处理的草稿。
desk-review = 逐条查看
desk-year-guessed = 年份是推测的：原文没有写明。
desk-drop = 不要
desk-edit = 修改
desk-take-in = 从文本中找出日期
desk-text = 粘贴文本
desk-or-address = 或填写网址
desk-written = 写作日期（原文没有写明时）
desk-find-dates = 查找日期
desk-found = { $count ->
    [0] 没有找到新的内容。
   *[other] 生成了{ $count }份草稿。
}
desk-draft-place = 第{ $place }份，共{ $all }份
desk-words = 原文
desk-moves = 发布后将改动：
desk-previous = 上一份
desk-skip = 跳过
desk-editions = 通讯
desk-figures-old = 已发完的各期，数字可能是一分钟前的。
desk-went-out = 已发出的内容
desk-nothing-went-out = 还没有发出任何内容。
desk-edition = 期次
desk-to-whom = 投递情况
desk-tally-sent = 已发送
desk-tally-queued = 等待中
desk-tally-deferred = 重试中
desk-tally-failed = 失败
desk-tally-uncertain = 不确定
desk-tally-suppressed = 不可发送，未发
desk-given-up = 已放弃
desk-stopped = 已停止
desk-approved-by = 已由{ $who }批准。
desk-approve = 批准
desk-pause = 暂停这份通讯
desk-resume = 恢复
desk-take-in-again = 重新收入
desk-leave-out = 不收入
desk-put-first = 置顶
desk-not-first = 取消置顶
desk-not-added = 取消添加
desk-edition-empty = 目前没有可写的内容，这一期不会制作。
desk-add-entry = 同时收入
desk-add = 添加
desk-note = 本期寄语
desk-note-to = 写给使用以下语言的读者
desk-all-languages = 所有语言
desk-note-subject = 邮件主题
desk-note-subject-help = 留空则用本期最重要的内容
desk-note-text = 正文
desk-note-help = Markdown；显示在本期开头，只用一次
desk-as-readers-get = 读者收到的样子
desk-show = 显示
desk-as-text = 纯文本版本
desk-left-after = 下一期之前退订
desk-complained = 投诉
desk-go-on = 发送其余部分
desk-give-up = 放弃
desk-stop = 停止发送
desk-never = 从未
desk-sources = 来源
desk-source = 来源
desk-no-sources = 没有配置来源。
desk-read-at = 上次读取
desk-read-next = 下次读取
desk-how-it-goes = 情况
desk-read-now = 立即读取
desk-believe = 以它为准
desk-done-read = 已读取。
desk-deliveries = 投递
desk-no-deliveries = 没有符合条件的邮件。
desk-address = 邮箱地址
desk-said = 服务器的答复
desk-send-again = 重新发送
desk-done-retried = 正在重新发送。
desk-tally-sending = 正在发送
desk-team = 团队
desk-editors = 编辑
desk-role = 角色
desk-role-editor = 编辑
desk-role-operator = 管理员
desk-role-help = 编辑负责内容：日程、文章、通讯。管理员还负责读者、团队和系统。
desk-name = 名称
desk-since = 自{ $when }起
desk-session = 已登录，最近使用时间{ $when }：
desk-end-session = 终止
desk-remove-editor = 移出团队
desk-remove-editor-what = 此人将立即退出，不能再做任何改动；以前的改动仍归其名下。
desk-add-editor = 加入团队
desk-done-left = 已移出团队。
desk-done-ended = 登录已终止。
desk-tokens = 程序令牌
desk-token = 令牌
desk-no-tokens = 没有程序令牌。
desk-token-once = 令牌只显示这一次。程序以“Authorization: Bearer …”发送。
desk-token-name = 程序名称
desk-may = 权限
desk-until = 有效期至
desk-last-used = 最近使用
desk-revoke = 吊销
desk-add-token = 生成令牌
desk-done-revoked = 令牌已失效。
desk-check = 检查
desk-check-what = 这里显示可以在线检查的内容。在服务器上运行“kalends check”还会测试邮件服务器。
desk-settings = 设置
desk-settings-what = 当前生效的设置。请在文件中修改，程序会自动采用：
desk-option = 选项
desk-value = 值
desk-comes-from = 来自
desk-by-default = 默认值
desk-by-line = 文件第{ $line }行
desk-readers = 读者
desk-no-readers = 还没有读者。
desk-newsletter = 通讯
desk-gets = 订阅
desk-suppressed = 不再发送：{ $reason }
desk-suppressed-since = 自{ $when }起不再向此地址发送：{ $reason }
desk-unsuppress = 恢复发送
desk-add-reader = 添加读者
desk-consent-note = 同意的方式
desk-consent-help = 留空则先发邮件征求同意；否则请写明读者在何处、以何种方式同意，以便留存。
desk-import = 导入
desk-import-now = 导入
desk-import-would = 将添加{ $added }人，修改{ $updated }人，{ $unchanged }人无变化；将给{ $asked }人发邮件征求同意；{ $rejected }行无法导入。
desk-import-done = 已添加{ $added }人，修改{ $updated }人，{ $unchanged }人无变化；已给{ $asked }人发邮件征求同意；{ $rejected }行未能导入。
desk-table = 人员表格
desk-table-help = CSV，第一行为列名：email、name、digests、topics、timezone、locale、consent_at、consent_note
desk-line = 第{ $line }行：
desk-consent-pending = 尚未确认
desk-consent-confirmed = 已同意
desk-consent-left = 已退订
desk-all-topics = 所有主题
desk-mails = 邮件
desk-no-mails = 还没有发送过邮件。
desk-returned = 退信
desk-export = 导出保存的全部信息
desk-forget = 抹除
desk-forget-sure = 抹除这位读者？
desk-forget-what = 保存的全部信息都会删除，包括已发邮件中的信息。此操作无法撤销，任何导入都不会使其恢复。
desk-forget-now = 永久抹除
desk-done-forgotten = 已抹除。
desk-new-article = 新建文章
desk-no-articles = 还没有文章。
desk-article-ahead = 到日期后显示
desk-article-published = 已发布
desk-field-byline = 作者
desk-field-date = 日期
desk-help-date = 例如 2020-10-01；如为将来的日期，届时才显示
desk-field-events = 相关日程
desk-help-events = 日程编号，用 ; 隔开
desk-field-source = 来源
desk-field-body = 正文
desk-find-events = 查找日程
desk-is-about = 相关日程：
desk-reads = 显示效果
desk-images = 图片
desk-take-out = 移除
desk-remove-article = 删除文章
desk-remove-article-what = 文章将从网站上消失，只在历史中保留。
desk-done-gone = 文章已删除。
desk-sending = 发送情况
desk-look-again = 再看一次
desk-goes = 每分钟 { $speed } 封；约 { $when } 发完。
desk-goes-until = 正在发送；最后一封在 { $when } 发出。
desk-goes-begun = 正在发送。稍后即知速度。
desk-goes-stopped = 已停止：还有 { $count } 封等待发送。
desk-goes-through = 已发完。
desk-did-not-go = { $status ->
    [failed] { $count } 封失败
    [uncertain] { $count } 封结果不明
   *[deferred] { $count } 封将重试
}
desk-changed-since = 本期生成之后，以下内容有变：
desk-not-to-be = 不再举行
desk-send-failed-again = 重新发送未送达的
desk-give-up-what = 等待中的邮件不再发送；下一期会告知这些读者。
desk-give-up-now = 现在放弃
desk-correct = 更正
desk-correct-text = 更正内容
desk-correct-help = Markdown；显示在存档中本期的开头
desk-correct-mail = 用邮件告知已收到本期的读者
desk-correct-now = 发布更正
desk-resend = 发给一位读者
desk-resend-what = 再发一次其收到过的内容；若未收到过，则按现在的情况发送。
desk-done-retried-all = { $count ->
    [0] 没有可以重新发送的邮件。
   *[other] 正在重新发送 { $count } 封邮件。
}
desk-done-corrected = 存档已以更正开头。
desk-done-corrected-mailed = 存档已以更正开头，并用 { $count } 封邮件告知。
desk-done-resent = 正在发给这位读者。
desk-or-file = 或选择文件
desk-file-help = 文本、网页、邮件、Word 文档或 PDF；可拖放到此处
desk-add-picture = 添加图片
desk-picture = 文件
desk-picture-alt = 用文字说明图片内容
desk-picture-help = 供看不到图片的人阅读。图片放在正文末尾：可从那里移动。
desk-picture-later = 保存之后即可添加图片。
desk-export-all = 导出
desk-mail-paths = 中继与退信
desk-relays = 邮件发出的途径
desk-no-relays = 此处邮件写入文件。
desk-relay-well = 正常
desk-relay-stopped = 自 { $when } 起停用：{ $reason }。将于 { $next } 再试。
desk-ways = 邮件退回的途径
desk-no-ways = 没有开通退信途径：见配置文件的 [bounce]。
desk-way-told = { $told }；最近一次在 { $when }
desk-way-silent = 尚未收到。
desk-nothing-returned = 没有退信。
desk-class = 种类
desk-class-hard = 地址无效
desk-class-soft = 暂时拒收
desk-class-delayed = 仍在尝试
desk-class-complaint = 投诉
desk-class-unknown = 无法识别
desk-counted = 计入该地址
desk-by-way = 来自
desk-proved = 可证实
desk-proved-yes = 是：所涉邮件确为我们所发。
desk-proved-no = 否：任何人都可能发出，单凭它不会停发。
desk-width = 宽度
desk-width-wide = 宽屏
desk-width-phone = 手机
desk-look-of-mail = 颜色
desk-look-own = 与此处相同
desk-look-light = 浅色
desk-look-dark = 深色
desk-failed = 近期未送达
desk-sources-trouble = 来源
desk-send = 提前发送
desk-send-test = 给我发一封测试邮件
desk-instead = 代替计划中的下一期
desk-instead-of = 它代替计划中的下一期，下一期不再生成。
desk-send-look = 先看会发给谁
desk-would-go = “{ $subject }”将立即发给 { $readers } 位读者。
desk-send-it = 立即发送
desk-send-already = 该时刻已有一期。
desk-send-nobody = 还没有人确认订阅。
desk-done-sent = 正在发送。
desk-done-tested = 测试邮件正在发给你。
desk-goes-deferred = 其余均已处理；还有 { $count } 封将重试。
desk-returned-mail = 退信
desk-suppress = 不再发送
desk-bounced = 邮件被退回
desk-complained-of-mail = 读者向服务商投诉
desk-withheld = 编辑部决定

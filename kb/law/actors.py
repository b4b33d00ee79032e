"""Who acts: the person, unit or organ that a clause names before its verb.

No list of units: a name is known by how it ends (岗, 处, 部门, 人 …), and is taken up to the first
such end after which something else begins than more of a name. «县级以上人民政府依法» is one
name and an adverb; «会计岗位说明书» is a thing, and no actor.
"""

from __future__ import annotations

import re

_LONG = (
    r"岗位|(?<![离上到在返回])岗(?!前)|处室|科室|部门|机关|机构|单位|社会组织|组织(?!实施|开展|建设|编制|制定|进行)|局长|主任|处长|书记|副局长|秘书长|负责人|责任人|领导"
    r"|人员|干部|职工|办公室|办公厅|委员会|党组|党委|纪委|支部|政府办|政府|法院|检察院|中心|专员|值班长|主持人|申请人|当事人|代表"
    r"|企业|公司|银行|学校|医院|协会|商会|工会|联盟|教师|乘客|学生|儿童|居民|村民|业主|用户|监护人|船舶|海关|媒介|媒体|平台"
    r"|示范区|乡镇|幼儿园|经营场所|娱乐场所|联席会议|主席团|大会会议|方面|国家|公民|个人|法人|成员|士兵|法官|驾驶员|供应商|摊贩|作坊|主体|大会|来宾|近亲属|原审批层级|(?<=[用办阅假收稿任请持款])人"
)
_END = (
    rf"(?:{_LONG}|处(?!理|置|以|罚|分)|室|会议(?!室|纪要|材料|记录|费)|等(?!候|级|次|待|于)|(?<!或)者|会(?!同|议|签|商|计)|局(?!部)|厅|部(?!分|署)|院(?!内)|所(?!有|需|属|在|列|称|持)"
    r"|站(?!点)|队(?!伍建)|组(?!成|织|装|建)|员(?!额)|人(?!均|工|事|身|数|民)|长(?!期|度)|方(?!可|式|案|面|便|法)|户(?!外|籍)|角"
    r"|商(?!定|谈|洽|请|业|品|标)|(?<=[急政督信法编])办(?!理|法|公|事|学|案|结|要))"
)
ENDS = re.compile(_END)
"""How the name of somebody who can act ends."""

_MORE = (
    r"负责人|人员|部门|机关|机构|单位|主任|副职|办公会|办公室|委员会|会议|领导|成员|代表"
    r"|专员|工作人员|党组|管理岗|本人|小组"
)
_VERBS = (
    r"负责(?!人)|牵头|承担|组织|会同|会签|会商|会审(?![议定查核批])|协调|审核|审批|批准|审定|审议|审查|决定|核定|核对|核实|管理(?!岗|部门|机构|人|委|站|所|局|处|者|组织|单位)"
    r"|保管(?!人)|办理(?!人)|制定|提出|登记|备案|签发|核准|汇总|统一|具体|共同|分别|直接|依法|集体|亲自|当面|书面|处理|处置|处以|部署|长期|方可"
    r"|召集|指定|担任|组成|任(?!何)|编制|申请(?!人)|填写|起草|监交(?!人)|监销(?!人)|监督(?!管理|机构|部门|检查部门)|检查(?!机关|部门|人)|所属"
    r"|等候|户外|人均|人工|方式|方案|方面|组装|组建|部分|部署|站点|所有|所需|所列|院内|员额|长度|科学|科技"
)
_VERB = re.compile(_VERBS)
_OPENS = (
    r"因(?!此)|在(?!地|职|岗|编|册|校|建|此)|对(?!方|口|外)|向(?!导)|从(?!业|事|属)|自(?!行车|治|然人|由|主|愿|贸)"
    r"|于|按照|按|根据|依照|依据|依(?!托)|经(?!办|营|济|费|理|手|过)|将|把|收到|接到|发现|作出|未|不|违反|需要|需(?!求)|认为|拒绝|拒不"
    r"|如|凡|若|为(?!主)|是|每|提前|同时|及时|立即|即时|应|均|都|也|还|仍|再|先|可|必须|须|实行|设(?!区|备|施|计)|以(?!上|下|内|外|及|后)|凭|确需|拟(?!稿)|已"
    r"|提供|提交|提请|告知|派(?!出|驻|员|遣)|商(?=有关|相关|同级|本级|办公室)|使用(?!处|单位|人|者|面积)|调离|离岗|离职|通过|结合|履行|行使|享有|符合|参加|进行|实施|开展|建立|取得|采取|举办|聘请|聘用|安排"
    r"|通知|变更|终止|到达|持|与|和|委托|要求|违法|擅自|一般|必要|原则|全面|初核|复核|确认|签字|签署|签订|同意|选举|举行|审理|办结|报|送|转|查阅|借阅|拒|涉嫌|涉及|损害|发生|处于|完成|就"
)
_OPEN = re.compile(rf"(?:{_OPENS}|{_VERBS}|由|有(?!关|限|资|权)|出国|（)")
_LONG_END = re.compile(rf"(?:{_LONG})$")
"""Where the case or the verb begins: what stands before it is the one who acts."""

LEAD = re.compile(
    r"^(?:并且|并|但是|但|且|而|或者|或|同时|其中|其|必要时|经批准|原则上|一般|仍|均|也|都|还|各自|再|先|最后|因此|以及)+"
    r"(?!他)"
)
"""Words that open a clause and name nobody."""

_CASE_FIRST = re.compile(
    r"(?:因|提醒|督促|返回|离岗|下列|列|增加|收受|支付|涉及|讨论|研究|认为|立即|通知|向(?!导)|与(?!会)|取得|提倡|新增|借用(?!人|处室|单位)|查阅|设在|表决|离开|请(?!假人)|报(?=局|分管|市|县|省|区|办公|处室|上级|请|经)|提请|配备|确定|采用|聘请|委托(?!人|单位|方)|退休|录用|设置|新建|安排|不(?!动产)|是指|调离(?!、)|遇有|包括|近(?=[一两二三\d])|发现(?!人)|达到|举办(?!者|单位|方)|申请(?!人)|使用(?!人|处室|单位|部门)|收到(?!.*的(?:处室|单位|部门|人|机关)$)|在(?!职|岗|编)|对(?!方|口)|从(?!业)|自(?!然人|治)|按照|根据|依照|依据|经(?!办|营|济|费)|将|把|为(?!配套)|如|凡|若|违反|未经|除"
    r"|接到(?!举报的)|于|每(?!一?名)|通过|由)"
)
_AFTER = re.compile(r"(?:[的后前时内中下里]|以内|期间|之日起|\0)")
_THING = re.compile(
    r"(?:会议|情况|材料|[^员]意见|工作会|大会的?|宴会|社会|机会|部分|内部|全部|外部|方式|方案|前款|人人|科目|年度|单据|标准|日常|成长|增长|延长|场所|处所|库房|厂房|用房"
    r"|网站|投诉者|无人|一等|平等|高等|同等|不等|本会|材料|协商|磋商|工商)$"
)
_PRONOUN = re.compile(r"^(?:其|他们)(?!他|中|余|它|所)")


def head(text: str, *, plain: bool = False) -> str:
    """The name that ``text`` begins with, or nothing: «办公室自收到之日起» → 办公室.

    ``plain``: any word may follow a name that cannot be but a name («局长主持全局工作»).
    """
    for found in ENDS.finditer(text):
        until = found.end()
        name, rest = text[:until], text[until:]
        if rest.startswith(("、", "和", "与", "及", "或", "以及")) and ENDS.search(rest):
            continue
        if _goes_on(rest):
            continue
        if rest and not _OPEN.match(rest) and not (plain and _LONG_END.search(name)):
            continue
        return name if _is_name(name) else ""
    return ""


_GROWS = re.compile(
    r"[^，,。；;：:、的]{0,16}?(?:部门|机构|机关|政府|委员会|法院|检察院|代表|岗|负责人|主任|处室|办公室|中心|大会)"
)


def _goes_on(rest: str) -> bool:
    """Whether more of the name follows: 办公室|主任, 局长|办公会, 国务院|价格主管部门."""
    if not rest or _VERB.match(rest):
        return False
    if re.match(_MORE, rest) or rest.startswith(("以外", "以上", "以下")):
        return True
    ahead = ENDS.match(rest)
    if ahead and not _OPEN.match(rest):
        return True
    more = _GROWS.match(rest)
    return more is not None and not _OPEN.search(more.group().translate(_NO_VERBS))


_NO_VERBS = {ord("行"): "_", ord("主"): "_"}
"""行政主管 is part of a name."""


_WHOSE = re.compile(r"的(?:其他)?(?:人员|处室|单位|部门|人|机关|组织|个人|单位和个人)$")
_PREPOSITION = re.compile(
    r"(?:因|在|对|按照|根据|依照|依据|自|经|由|于|为|除|从|把|将|向|与|凡|如|若)"
)


def _opens_a_case(name: str) -> bool:
    """«发现突发事件»; but «发现突发事件的人员» is somebody."""
    if not _CASE_FIRST.match(name):
        return False
    return bool(_PREPOSITION.match(name)) or not _WHOSE.search(name)


def _is_name(name: str) -> bool:
    if len(name) < 2 or len(name) > 70 or _opens_a_case(name) or _THING.search(name):
        return False
    return not re.search(
        r"[，,。；;：:《》“”]|采用|实行|进行|涉及|纳入|(?<!所)在(?![职岗编校册])[^的]{0,6}$|意见|主送|报(?:分管|局长|上级|请)|\d(?:日|天|个|分钟|小时|月)",
        name,
    ) and name not in (
        "人员",
        "机构",
        "干部",
    )


_ADVERBS = re.compile(
    r"(?:一般|均|都|也|还|仍|亦|又|首先|同时|一律|原则上|必要时|及时|立即|至少|具体|全面|继续|另|并|直接|统一|专门|依法)+$"
)


def actor(before: str) -> str | None:
    """Who stands before a modal word in its clause.

    Returns:
        The name; "" where the clause has another subject (a thing); None where it names nobody,
        so that whoever acted before acts on.
    """
    before = LEAD.sub("", before.strip())
    before = re.sub(r"的(?:主要|具体)?$", "的", _ADVERBS.sub("", before))
    if not before:
        return None
    if before.startswith("由"):
        return after_by(before[1:])[0] or None
    whole = before.removesuffix("的")
    if not _CASE_FIRST.match(before) or _WHOSE.search(before):
        if name := head(whole):
            return name
        if not _AFTER.search(before):
            return ""
    tail = _AFTER.split(before)[-1].strip()
    if tail and head(tail) == tail:
        return tail
    if _CASE_FIRST.match(before) or not tail:
        return head(whole, plain=True) or None
    return ""


def after_by(text: str) -> tuple[str, str]:
    """«由…» without its 由: who, and what he does. Two empty texts where nobody is named."""
    if _PRONOUN.match(text):
        return "其", text[1:]
    for found in ENDS.finditer(text):
        until = found.end()
        rest = text[until:]
        if not rest or rest.startswith("的") or re.match(r"中[^，,的]{1,12}的", rest):
            # «由管理岗中取得资格的人员管理»
            continue
        if rest[0] in "、和与及或" or rest.startswith("以及"):
            # «审核、局长审批»: only what still belongs to the name may hold them together.
            joined = re.match(r"(?:、|和|与|及其?|或者?|以及)", rest)
            more = rest[joined.end() :] if joined else ""
            if ENDS.search(more[:24]) and not _VERB.match(more):
                continue
        if _goes_on(rest):
            continue
        name = text[:until]
        if len(name) < 2:
            continue
        if len(name) > 45 or re.search(r"[，,。；;：:]", name) or name.startswith("下列"):
            break
        return name, rest
    return "", ""

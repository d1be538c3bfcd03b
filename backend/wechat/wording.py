"""The account's own sentences: welcome, hints and apologies. Facts of matters are not here."""

WELCOME = """您好，这里是{zh}。
用平常的话直接问我就行，例如：
• 身份证丢了怎么补
• 孩子出生怎么上户口
• 驾驶证快到期了怎么换
回答附法律依据。发送“位置”可查最近的办事点；回复“人工”转工作人员。
情况紧急请立即拨打：报警 110，火警 119，急救 120，交通事故 122。

English: this is {en}. Just ask in English, e.g. “How do I register my accommodation?” \
In an emergency call 110."""
ENGLISH = """Hello! Ask me in English about visas and residence permits, registering your accommodation, \
driving licences, invitations and more, for example:
• How do I register my accommodation?
• My visa expires soon, what can I do?
• I lost my passport in China.
Every answer names the law it stands on. Reply “human” for an officer; send your location to find the \
nearest office. National immigration hotline (24 h, several languages): 12367. \
Emergencies: police 110, fire 119, ambulance 120, traffic accident 122."""
EMPTY = "没有看到文字。请把想问的事写成一句话发来，例如“身份证丢了怎么补”。\nPlease type your question."
VOICE = (
    "抱歉，这条语音没有转成文字。请打字告诉我，或用输入法的语音键说给它听再发来；着急的事请拨打 110。"
    "\nSorry, I could not read this voice message. Please type your question."
)
IMAGE = (
    "图片收到了，我在聊天里还不能看图回答。请打字告诉我想办什么。"
    "\n如果这是护照照片，要办境外人员住宿登记，点这里接着办，照片会放进申报里：{photo}"
    "\nIf this is your passport and you want to register your accommodation, continue here; "
    "the photo goes into your form: {photo}"
    "\n办事指南 Guide: {link}"
)
VIDEO = (
    "视频收到了，我现在还不能看视频。请打字告诉我想问什么；正在发生的危险请立即拨打 110。\nPlease type your question."
)
LINK = (
    "链接收到了。我不打开外部链接；如果怀疑是诈骗，请不要点开，可拨打反诈专线 96110。想问办事请直接打字。"
    "\nI do not open links. If it may be fraud, call 96110. Please type your question."
)
NEAREST = (
    "请点聊天框右边的“＋”，选“位置”发给我，我告诉您最近的办事点和开放时间。"
    "\nTap “＋”, choose Location and send it: I will tell you the nearest offices."
)
NEAR = "离您最近的办事点 Nearest offices："
FAR = "您离本市较远，以下是我们的办事点。急事请拨打当地 110。\nYou seem to be far away. Our offices:"
HUMAN = "转人工"
APOLOGY = (
    "抱歉，刚才没能回答您，我们已经记下。请稍后再问一次；急事请拨打 110，咨询请拨打 12345。"
    "\nSorry, something went wrong. Please ask again later."
)
TICKET = {
    "zh": "您刚才的问题也转给了工作人员，有答复会直接发到这里。",
    "en": "We have also passed your question on to our officers; their answer will come here.",
}

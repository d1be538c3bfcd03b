"""Channels that need no face: SMS. WeChat's are in `wechat.channels`."""

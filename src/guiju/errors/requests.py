"""GJ-11xx: requests to the gateway."""

from __future__ import annotations

from guiju.errors.problems import WithProblem
from guiju.errors.tree import GuijuError


class RequestError(GuijuError):
    """Base of errors in what a caller sent."""

    status = 400


class BodyTooLarge(RequestError):
    code = "GJ-1101"
    status = 413
    zh = "请求体超过 {limit} 字节。"
    en = "The request body exceeds {limit} bytes."
    remedy_zh = "缩小请求,或由管理员调高 gateway.max_body_bytes。"
    remedy_en = "Send less, or have the administrator raise gateway.max_body_bytes."


class BodyNotJson(RequestError):
    code = "GJ-1102"
    zh = "请求体不是有效的 UTF-8 JSON:{problem}"
    en = "The request body is not valid UTF-8 JSON: {problem}"
    remedy_zh = "检查编码与引号;Content-Type 应为 application/json。"
    remedy_en = "Check encoding and quotes; send Content-Type application/json."


class BodyTooDeep(RequestError):
    code = "GJ-1103"
    zh = "请求体的 JSON 嵌套超过 {limit} 层。"
    en = "The JSON of the request is nested deeper than {limit} levels."
    remedy_zh = "减少嵌套。"
    remedy_en = "Send a flatter body."


class FieldInvalid(WithProblem, RequestError):
    code = "GJ-1104"
    zh = "字段 {field} 有误:{problem}"
    en = "Field {field} is wrong: {problem}"
    remedy_zh = "按 OpenAI 接口的格式修改该字段。"
    remedy_en = "Correct the field as the OpenAI API describes it."


class TokensNotText(RequestError):
    code = "GJ-1105"
    zh = "字段 {field} 传入了词元编号,无法审核其内容。"
    en = "Field {field} holds token numbers, whose content cannot be checked."
    remedy_zh = "改为传入文本。"
    remedy_en = "Send text instead."


class NotServed(RequestError):
    code = "GJ-1106"
    status = 404
    zh = "本网关不提供 {method} {path}。"
    en = "This gateway does not serve {method} {path}."
    remedy_zh = "可用接口:/v1/chat/completions、/v1/completions、/v1/responses、/v1/embeddings、/v1/images、/v1/audio/speech、/v1/videos、/v1/moderations、/v1/models。"
    remedy_en = (
        "Served: /v1/chat/completions, /v1/completions, /v1/responses, /v1/embeddings, /v1/images, /v1/audio/speech, "
        "/v1/videos, /v1/moderations, /v1/models."
    )


class ModelUnknown(RequestError):
    code = "GJ-1107"
    status = 404
    zh = "没有名为 {model} 的模型。"
    en = "There is no model called {model}."
    remedy_zh = "GET /v1/models 列出该接入可用的模型。"
    remedy_en = "GET /v1/models lists the models this integration may use."


class PromptBlocked(RequestError):
    code = "GJ-1108"
    zh = "该请求的内容不符合使用规范,已被拦截。"
    en = "The content of this request was blocked by policy."
    remedy_zh = "修改内容后重试;如有异议,凭记录编号联系服务方。"
    remedy_en = "Change the content and try again; to object, contact the service with the record number."


class AnswerBlocked(RequestError):
    code = "GJ-1109"
    zh = "模型的回答不符合使用规范,已被拦截。"
    en = "The answer of the model was blocked by policy."
    remedy_zh = "换一种问法;如有异议,凭记录编号联系服务方。"
    remedy_en = "Ask differently; to object, contact the service with the record number."


class StoredStateRefused(RequestError):
    code = "GJ-1110"
    zh = "字段 {field} 引用了网关看不到的内容,无法审核。"
    en = "Field {field} refers to content that the gateway cannot see and check."
    remedy_zh = "在请求中直接发送完整对话。"
    remedy_en = "Send the whole conversation in the request."


class BodyIncomplete(RequestError):
    code = "GJ-1111"
    zh = "请求体在接收完之前中断。"
    en = "The request body ended before it was complete."
    remedy_zh = "检查网络后重试。"
    remedy_en = "Check the network and try again."


class LineInvalid(RequestError):
    """A line of a JSON-lines file that cannot be checked."""

    code = "GJ-1112"
    zh = "第 {line} 行无法处理:{problem}"
    en = "Line {line} cannot be used: {problem}"
    remedy_zh = '每行写一个 JSON 对象,如 {{"id": "1", "text": "…"}}。'
    remedy_en = 'Write one JSON object a line, such as {{"id": "1", "text": "…"}}.'


class BodyTooSlow(RequestError):
    code = "GJ-1113"
    status = 408
    zh = "请求体在 {seconds} 秒内没有传完。"
    en = "The request body did not arrive within {seconds} seconds."
    remedy_zh = "检查网络后重试;管理员可调整 gateway.body_timeout_s。"
    remedy_en = "Check the network and try again; administrators may adjust gateway.body_timeout_s."


class BodyTooIntricate(RequestError):
    code = "GJ-1114"
    status = 413
    zh = "请求体含有的值过多,上限为 {limit} 个。"
    en = "The request body holds too many values; at most {limit} are accepted."
    remedy_zh = "缩短对话,或把内容放进更少的字段。"
    remedy_en = "Shorten the conversation, or put its content into fewer fields."


class PieceOutOfOrder(RequestError):
    code = "GJ-1115"
    status = 409
    zh = "分片序号应为 {expected},收到 {got}。"
    en = "Piece {expected} is expected, {got} came."
    remedy_zh = "按序号逐片发送,收到应答后再发下一片;会话结束后请使用新的 session。"
    remedy_en = "Send pieces in order, the next after the reply; use a new session once one has ended."


class SessionUnknown(RequestError):
    code = "GJ-1116"
    status = 409
    zh = "没有名为 {session} 的会话。"
    en = "There is no session {session}."
    remedy_zh = "会话闲置 120 秒后结束,且只在收到首片的进程中有效:同一会话请使用同一连接,或从第 0 片重新发送。"
    remedy_en = "Sessions end after 120 idle seconds and live in the process that took piece 0: keep one connection, or start again at 0."


class SessionTooLong(RequestError):
    code = "GJ-1117"
    status = 413
    zh = "会话文本超过 {limit} 个字符。"
    en = "The session's text is longer than {limit} characters."
    remedy_zh = "将内容分为多个会话。"
    remedy_en = "Split the content into several sessions."


class SessionsFull(RequestError):
    code = "GJ-1118"
    status = 503
    zh = "同时进行的分片会话已达上限 {limit}。"
    en = "There are {limit} sessions under way, the limit."
    remedy_zh = "结束不再使用的会话(final: true),或增加网关进程。"
    remedy_en = "End sessions that are no longer used (final: true), or add gateway processes."


class FormInvalid(RequestError):
    code = "GJ-1119"
    zh = "表单有误:{problem}。"
    en = "The form is wrong: {problem}."
    remedy_zh = "以 multipart/form-data 发送,文件放在 file 字段,其余字段见接口文档。"
    remedy_en = "Send multipart/form-data with the file in the field file; the API page lists the other fields."


class FileRoomFull(RequestError):
    code = "GJ-1120"
    status = 507
    zh = "服务器上没有足够空间处理该文件。"
    en = "There is not enough room on the server for this file."
    remedy_zh = "稍后重试;管理员请清理数据目录所在的磁盘。"
    remedy_en = "Try again later; administrators: free space on the disk of the data directory."

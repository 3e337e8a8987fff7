// The answer to whoever reported a message.
export { draftReply, replyMessage, type NoReply, type Reply, type ReplyOptions } from './draftReply';
export { REPLY_TEMPLATES, type ReplyTemplate, type Verdict } from './templates';

// Whose mail it is: what people report, and who reported it.
export { analysedMessage } from './analysed';
export type { Analyse, Analysed, AnalyseOptions, ReportCategory, Reported, Reporter, ReportWay } from './reported';
export {
	draftReply,
	REPLY_TEMPLATES,
	replyMessage,
	type NoReply,
	type Reply,
	type ReplyOptions,
	type ReplyTemplate,
	type Verdict,
} from './reply';
export { reportedFrom } from './json';
export { REPORT_RULES, type ReportRule } from './rules';
export { reporterAddresses, reporterLabels, withoutReporter, withoutReporterIndicators } from './withoutReporter';

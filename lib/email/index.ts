export type * from './email';
export { EmailError, type EmailErrorCode } from './errors';
export {
	attachmentsOmitted,
	endsWhenFetched,
	fileList,
	gapsOf,
	howToGetBytes,
	INCOMPLETE_WARNING,
	isIncomplete,
	lacksBytes,
	partlyFetched,
} from './gaps';
export { addrSpec } from './header';
export {
	declaredMessage,
	emailFromItem,
	emailFromJson,
	emailToJson,
	emailToSimpleJson,
	failureOf,
	failureWarning,
	inReadingOrder,
	isEmailJson,
	MESSAGE_KEY,
	readItem,
	withoutMessage,
	type BinaryReader,
	type FetchFailure,
	type ItemMessage,
	type ItemOptions,
} from './item';
export { parseMailDate } from './header';
export { GENERIC_TYPES, reportFields, textOfFile, type TextFile } from './mime';
export { quotedMessage, type Quotation } from './quoted';
export { readRtf, type RtfOptions, type RtfText } from './rtf';
export { parseEmail } from './parse';
export { warningKey } from './warnings';

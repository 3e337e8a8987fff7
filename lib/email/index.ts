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
	withOpenedOf,
	withoutMessage,
	type BinaryReader,
	type FetchFailure,
	type ItemMessage,
	type ItemOptions,
} from './item';
export { parseMailDate } from './header';
export {
	GENERIC_TYPES,
	hashesOf,
	readCms,
	reportFields,
	textOfFile,
	typeOfBytes,
	type Cms,
	type TextFile,
} from './mime';
export { isCompoundFile, openCompoundFile, type CompoundEntry } from './outlook';
export { quotedMessage, type Quotation } from './quoted';
export { readRtf, type RtfOptions, type RtfText } from './rtf';
export { parseEmail, parseOutlookMessage } from './parse';
export { safeFileName } from './fileName';
export { warningKey } from './warnings';

export type * from './email';
export { EmailError, type EmailErrorCode } from './errors';
export {
	attachmentsOmitted,
	fileList,
	gapsOf,
	howToGetBytes,
	INCOMPLETE_WARNING,
	isIncomplete,
	lacksBytes,
	partlyFetched,
} from './gaps';
export { emailFromItem, readItem, type ItemMessage, type ItemOptions } from './item';
export { declaredMessage, MESSAGE_KEY, type BinaryReader } from './itemFiles';
export { emailFromJson, emailToJson, isEmailJson } from './json';
export { parseEmail } from './parse';
export { GENERIC_TYPES } from './part';
export { failureOf, failureWarning, type FetchFailure } from './unfetched';

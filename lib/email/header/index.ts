// The head of a message: its fields, addresses, dates and encoded words, and the character sets that they name.
export { addrSpec, parseAddresses } from './address';
export { decodeCharset, guessUtf16, withoutHalfCharacter } from './charset';
export { charsetOfCodePage, charsetOfFont, charsetOfLocale } from './codePage';
export { parseMailDate } from './date';
export { decodeHeaderText, decodeRawText, mimeDecoder } from './encodedWord';
export { readEnvelope } from './envelope';
export {
	fieldOf,
	parseHeaderBlock,
	parseStructuredField,
	type HeaderBlock,
	type RawField,
	type StructuredField,
} from './fields';

// The body of a message: its parts, their transfer encodings, and what mends broken ones.
export { readCms, type Cms } from './cms';
export { FileLeaf, hashesOf, NO_HASHES, TextLeaf } from './leaf';
export { GENERIC_TYPES, isMediaType, isMessageFile, leafKind, readPartDetail, type PartDetail } from './part';
export { guessBoundary, looksLikeHtml } from './recovery';
export { reportFields } from './report';
export { typeOfBytes } from './signature';
export { MimeSplitter, type MimeEntity, type MimeHandler } from './splitter';
export { decodeText, textOfFile, textParts, type TextFile } from './text';
export { createTransferDecoder } from './transfer';
export type { UuFile } from './uuencode';

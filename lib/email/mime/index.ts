// The body of a message: its parts, their transfer encodings, and what mends broken ones.
export { FileLeaf, hashesOf, NO_HASHES, TextLeaf } from './leaf';
export { GENERIC_TYPES, isMediaType, leafKind, readPartDetail, type PartDetail } from './part';
export { guessBoundary, looksLikeHtml } from './recovery';
export { MimeSplitter, type MimeEntity, type MimeHandler } from './splitter';
export { decodeText, textOfFile, textParts, type TextFile } from './text';
export { createTransferDecoder } from './transfer';

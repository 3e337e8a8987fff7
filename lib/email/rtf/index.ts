// Rich Text Format: how Outlook packs it, and what text or HTML stands in it.
export { unpackedSize, unpackRtf } from './packed';
export { readRtf, type RtfOptions, type RtfText } from './read';

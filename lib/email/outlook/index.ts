// The two forms of Outlook: .msg files and winmail.dat (TNEF).
export { isCompoundFile, openCompoundFile, type CompoundEntry } from './compoundFile';
export { MapiReading, type MapiReader } from './mapi';
export { readOutlookFile } from './mapiEmail';
export { isOutlookMessage, readOutlookMessage } from './msg';
export { isTnef, readTnef } from './tnef';

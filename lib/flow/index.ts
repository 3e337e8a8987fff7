/** One message on its way through a flow, whatever host runs it: what each step makes of the item. */
export { readAnalysed, type AnalysedItem, type ReadingOptions } from './analysed';
export { convertItem, extractFromItem, type ConvertOptions } from './convert';
export { huntedItems, type Hunter, type HuntItemOptions, type HuntTargetView } from './hunted';
export { grown, type AddedFile, type FlowItem, type GrownItem, type Json, type Outcome } from './item';
export { messageItem, rawFile, type MessageItemOptions } from './message';
export { matchedItem, patternOfItem, patternSource, type PatternItemOptions } from './pattern';
export { isNothing, passedOn, type RecordWords } from './record';
export { reportedItem, type ReportItemOptions } from './reported';

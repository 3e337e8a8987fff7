/** One message on its way through a flow, whatever host runs it: what each step makes of the item. */
export { readAnalysed, type AnalysedItem, type ReadingOptions } from './analysed';
export { leftOutAttachments, type AttachmentRules, type AttachmentWords } from './attachmentRules';
export {
	BUNDLE_PARTS,
	EXTRACT_KINDS,
	extractOf,
	includeOf,
	USUAL_KINDS,
	USUAL_PARTS,
	type BundlePart,
} from './choices';
export {
	bundleOfItem,
	bundleReportItem,
	containerOfItem,
	filesItem,
	findingsItem,
	foundReportItems,
	hasHunts,
	importedItem,
	madeBefore,
	notedItem,
	similarItem,
	stixObjectsOf,
	type ContainerChoice,
	type ContainerKind,
	type ContainerOptions,
	type ContentsChoice,
} from './container';
export { convertItem, extractFromItem, type ConvertOptions } from './convert';
export {
	fetchedAttachments,
	fetchedItem,
	hitJson,
	mayHaveMissed,
	referenceIn,
	stillMissing,
	withMessage,
	type AttachmentChoice,
	type AttachmentItem,
	type FetchedAttachments,
	type FetchedItemOptions,
	type NotHere,
	type OpenedMailbox,
} from './fetched';
export { warningsOf, withItemGaps } from './gaps';
export {
	foundItems,
	huntedItems,
	huntTogether,
	rowItems,
	translatedItem,
	type Finding,
	type Hunted,
	type Hunter,
	type HuntOutput,
	type HuntRun,
	type HuntTold,
	type RowView,
} from './hunted';
export { asIndicator, isIndicatorItem, nameOfMessage } from './indicatorItems';
export {
	grown,
	lacksMore,
	type AddedFile,
	type FlowItem,
	type GrownItem,
	type Json,
	type Outcome,
	type Several,
} from './item';
export { messageItem, rawFile, type MessageItemOptions } from './message';
export {
	builtPatterns,
	matchedItem,
	patternItems,
	patternSource,
	validatedItem,
	type BuiltPatterns,
	type PatternItemOptions,
	type PatternSource,
} from './pattern';
export { isNothing, isPassedOn, passedOn, type RecordWords } from './record';
export { AnsweredList, repliedItem, type AnsweredKeys, type ReplyItemOptions } from './reply';

export type { AnyBundle, AnyStixObject } from './anyBundle';
export * from './errors';
export * from './objects';
export * from './properties';
export * from './tlp';
export { canonicalJson } from './canonical';
export { isObservableType, stixId, type StixIdOptions } from './identifier';
export { papMarking, tlpMarking } from './markings';
export { reportTime, requireTimestamp, timestampOf } from './timestamp';
export { OWN_NAMESPACE, STIX_NAMESPACE, stableUuidV4, uuidV5 } from './uuid';
export { emailToBundle, reportName } from './emailToBundle';
export type {
	BundleOptions,
	IdentifierOptions,
	IdentityOptions,
	IncludeOptions,
	MarkingOptions,
	PatternOptions,
	ReportOptions,
	SizeOptions,
} from './options';
export { isUnflagged } from './observables';
export { isOmission } from './omissions';
export { indicatorPattern } from './patterns';
export { embeddedReferences, stixObject, type StixInput } from './stixObject';
export { emailAddrValue, domainValue, hashValue, ipv4Value, ipv6Value, macValue, urlValue } from './values';
export { bundleToHtml } from './bundleToHtml';
export { bundleToSvg, type PictureOptions } from './bundleToSvg';

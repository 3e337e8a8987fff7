export * from './errors';
export * from './objects';
export * from './properties';
export * from './tlp';
export { canonicalJson, wellFormed } from './canonical';
export { isObservableType, stixId, type StixIdOptions } from './identifier';
export { papMarking, tlpMarking } from './markings';
export { requireTimestamp, timestampOf } from './timestamp';
export { OWN_NAMESPACE, STIX_NAMESPACE, stableUuidV4, uuidV5 } from './uuid';

export { LAB_TOKEN, startOpenCti, type LabOptions, type LabRequest, type OpenCtiLab } from './server';
export { labSchema, type LabVersion } from './schema';
export type { Fault, FaultKind } from './faults';
export type { LabContainer, LabSnapshot } from './snapshot';

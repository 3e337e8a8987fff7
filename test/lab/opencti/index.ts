export {
	LAB_TOKEN,
	startOpenCti,
	type LabContainer,
	type LabOptions,
	type LabRequest,
	type LabSnapshot,
	type OpenCtiLab,
} from './server';
export { labSchema, type LabVersion } from './schema';
export type { Fault, FaultKind } from './faults';

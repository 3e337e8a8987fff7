export { MessageTraceLab, TRACE_DEFAULTS, type LabTrace, type TraceSwitches } from './messageTrace';

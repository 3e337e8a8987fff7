export { faultsOf, literalOf } from './analyser';
export { DEFENDER_DEFAULTS, DefenderLab, emptyTables, type DefenderSwitches } from './defender';
export { MessageTraceLab, TRACE_DEFAULTS, type LabTrace, type TraceSwitches } from './messageTrace';
export { rowOf, type Row, type Tables } from './tables';

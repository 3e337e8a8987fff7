export { faultsOf, faultsOfShape, literalOf, literalsOf } from './analyser';
export { DEFENDER_DEFAULTS, DefenderLab, emptyTables, type DefenderSwitches } from './defender';
export { conditionsOf, MessageTraceLab, TRACE_DEFAULTS, type LabTrace, type TraceSwitches } from './messageTrace';
export { rowOf, type Row, type Tables } from './tables';

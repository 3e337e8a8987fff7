/** Ratios of rounds that ran in turn: the lowest, the median and the highest. How far they lie apart is what the machine does. */
export function spread(ratios) {
	const sorted = [...ratios].sort((a, b) => a - b);
	return [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
}

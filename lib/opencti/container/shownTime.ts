/** A time as people read it: ISO 8601, empty where there is none, and told where it is no time. */
export function shownTime(date: Date | undefined): string {
	if (date === undefined) return '';
	return Number.isNaN(date.getTime()) ? 'unreadable' : date.toISOString();
}

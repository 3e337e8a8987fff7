/** Whether a command line fetches the whole of a message, alone or among others: what a fault of one message is for. */
export function fetchesMessage(uid: number): (line: string) => boolean {
	return (line) =>
		/BODY\.PEEK\[\]/.test(line) &&
		(/^UID FETCH (\S+)/.exec(line)?.[1] ?? '').split(',').some((range) => {
			const [from, to = from] = range.split(':').map(Number);
			return uid >= from! && uid <= to!;
		});
}

// What each process of the machine has used of the processors, as Linux keeps it in /proc. Other systems have no such file: there it is not measured.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Linux counts the time of processes in hundredths of a second, on every architecture (`getconf CLK_TCK`). */
const MS_A_TICK = 10;

export const canMeasure = existsSync('/proc/self/stat');

/** All processes that there are. Those that were waited for are in the time of the process that waited. */
function processes() {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.flatMap((pid) => {
			let stat;
			try {
				stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
			} catch {
				// It ended meanwhile.
				return [];
			}
			// The name is in brackets and may hold any character.
			const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
			const [, parent, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
			// proc(5): utime, stime, cutime and cstime are the fields 14 to 17, the first of `fields` is the fifth.
			const ticks = fields.slice(9, 13).reduce((sum, field) => sum + Number(field), 0);
			return [{ pid: Number(pid), parent: Number(parent), name, ms: ticks * MS_A_TICK }];
		});
}

/** Milliseconds of a process and of all below it, so far. */
export function processorOf(pid, all = processes()) {
	const own = all.find((one) => one.pid === pid);
	return all
		.filter(({ parent }) => parent === pid)
		.reduce((sum, child) => sum + processorOf(child.pid, all), own?.ms ?? 0);
}

/** The children of this process by the names of their programs. */
export const childNamed = (name) =>
	processes().find((one) => one.parent === process.pid && one.name.startsWith(name))?.pid;

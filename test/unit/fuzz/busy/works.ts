import { execFileSync, spawn } from 'node:child_process';
import { textKind } from '../textKind';

/** Programs that want the same processor. */
const OTHERS = 6;
const WORK_MICROSECONDS = 300_000;
/** They end by themselves: a process that is killed ends no other. */
const BUSY = 'for (const end = Date.now() + 20_000; Date.now() < end;);';

/** It works for 0.3 seconds, which last some seven times as long, for other programs want its only processor. */
export const kind = textKind({
	maxMilliseconds: 1_000,
	open: () => {
		execFileSync('taskset', ['-a', '-c', '-p', '0', String(process.pid)]);
		const others = Array.from({ length: OTHERS }, () => spawn(process.execPath, ['-e', BUSY], { stdio: 'ignore' }));
		return Promise.resolve(() => {
			for (const other of others) other.kill('SIGKILL');
			return Promise.resolve();
		});
	},
	run: () => {
		const before = process.cpuUsage();
		for (;;) {
			const { user, system } = process.cpuUsage(before);
			if (user + system > WORK_MICROSECONDS) return;
		}
	},
});

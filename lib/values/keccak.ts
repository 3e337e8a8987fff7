/** Keccak-256 as Ethereum uses it: the padding of the original submission, which Node's SHA3-256 (FIPS 202) changed. */

const MASK = (1n << 64n) - 1n;
const RATE = 136;

const rotate = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & MASK;

/** Round constants by the linear feedback shift register of FIPS 202 section 3.2.5. */
const ROUND_CONSTANTS: readonly bigint[] = (() => {
	const constants: bigint[] = [];
	let register = 1;
	for (let round = 0; round < 24; round++) {
		let constant = 0n;
		for (let j = 0; j < 7; j++) {
			if ((register & 1) === 1) constant |= 1n << BigInt(2 ** j - 1);
			register = (register << 1) ^ (register >> 7 === 1 ? 0x171 : 0);
		}
		constants.push(constant);
	}
	return constants;
})();

function permute(state: bigint[]): void {
	for (const constant of ROUND_CONSTANTS) {
		const columns = [0, 1, 2, 3, 4].map(
			(x) => state[x]! ^ state[x + 5]! ^ state[x + 10]! ^ state[x + 15]! ^ state[x + 20]!,
		);
		for (let x = 0; x < 5; x++) {
			const difference = columns[(x + 4) % 5]! ^ rotate(columns[(x + 1) % 5]!, 1n);
			for (let y = 0; y < 25; y += 5) state[x + y] = state[x + y]! ^ difference;
		}
		let x = 1;
		let y = 0;
		let current = state[1]!;
		for (let t = 0; t < 24; t++) {
			[x, y] = [y, (2 * x + 3 * y) % 5];
			const index = x + 5 * y;
			const next = state[index]!;
			state[index] = rotate(current, BigInt((((t + 1) * (t + 2)) / 2) % 64));
			current = next;
		}
		for (let row = 0; row < 25; row += 5) {
			const lanes = state.slice(row, row + 5);
			for (let column = 0; column < 5; column++) {
				state[row + column] = lanes[column]! ^ (~lanes[(column + 1) % 5]! & MASK & lanes[(column + 2) % 5]!);
			}
		}
		state[0] = state[0]! ^ constant;
	}
}

export function keccak256(data: Buffer): Buffer {
	const padded = Buffer.alloc((Math.floor(data.length / RATE) + 1) * RATE);
	data.copy(padded);
	padded[data.length] = padded[data.length]! | 0x01;
	padded[padded.length - 1] = padded[padded.length - 1]! | 0x80;
	const state = new Array<bigint>(25).fill(0n);
	for (let block = 0; block < padded.length; block += RATE) {
		for (let lane = 0; lane < RATE / 8; lane++) state[lane] = state[lane]! ^ padded.readBigUInt64LE(block + lane * 8);
		permute(state);
	}
	const digest = Buffer.alloc(32);
	for (let lane = 0; lane < 4; lane++) digest.writeBigUInt64LE(state[lane]!, lane * 8);
	return digest;
}

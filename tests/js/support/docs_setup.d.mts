export const bytes: Uint8Array;
export const samples: Float32Array[];
export const pictures: Float32Array[];
export const pixels: Float32Array;
export const labels: Int32Array;
export const names: string[];

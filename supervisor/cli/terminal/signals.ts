// The signals that ask a command to end, and the exit codes they lead to; the one that asks a server to read everything anew.

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

export interface StopRequest {
  signal: keyof typeof exitCodes;
  exitCode: number;
}

/** Resolves at the first signal; a second one ends the process as signals do by default. */
export function stopRequest(): Promise<StopRequest> {
  return new Promise((resolve) => {
    for (const signal of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
      process.once(signal, () => resolve({ signal, exitCode: exitCodes[signal] }));
    }
  });
}

/** Called at every signal, for who passes them on. Returns what ends that. */
export function onStopSignals(listener: (signal: StopRequest["signal"], times: number) => void): () => void {
  let times = 0;
  const take = (signal: NodeJS.Signals) => listener(signal as StopRequest["signal"], ++times);
  const signals = Object.keys(exitCodes) as StopRequest["signal"][];
  for (const signal of signals) process.on(signal, take);
  return () => {
    for (const signal of signals) process.off(signal, take);
  };
}

export function onHangUp(listener: () => void): void {
  process.on("SIGHUP", listener);
}

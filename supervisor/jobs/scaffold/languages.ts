// The languages that templates/ has hooks in, and the names of their hook files.

export const hookFiles = {
  python: "custom.py",
  r: "custom.R",
  julia: "custom.jl",
  java: "custom.java",
} as const;

export type NewLanguage = keyof typeof hookFiles;

export const newLanguages = Object.keys(hookFiles) as readonly NewLanguage[];

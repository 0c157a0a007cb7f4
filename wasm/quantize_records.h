#pragma once

#include <emscripten/val.h>

#include "base/status.h"
#include "quantize/quantize.h"

namespace octolite::wasm {

// What goes into quantization and comes out of it, as JavaScript has it (js/src/raw.ts).

Result<QuantizeConfig> ConfigFromRecord(const emscripten::val& record);
emscripten::val ReportRecord(const QuantizeReport& report);

}  // namespace octolite::wasm

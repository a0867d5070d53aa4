// The ops, one function a file.
#pragma once

#include "op.h"

namespace pixelrnn {

void register_masked_conv();
void register_chain();
void register_cross_entropy();
void register_optimisers();

}  // namespace pixelrnn

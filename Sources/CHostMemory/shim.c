#include "CHostMemory.h"
